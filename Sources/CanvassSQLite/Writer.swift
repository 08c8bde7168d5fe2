import CanvassCSQLite
import Synchronization

/// The connection that writes, with the lock that guards it.
///
/// Invariants:
/// 1. Nothing writes, and nothing checkpoints, unless `lock` is held.
/// 2. A transaction is open outside a call only while `turnOwner` is set.
/// 3. An error after a successful COMMIT is never reported as a failed write.
/// 4. Nothing is written to a file, or a log, that is no longer where it was opened: nobody would find it there.
struct Writer: ~Copyable, Sendable {
    var connection: Connection
    var lock: WriteLock
    /// Whether there was a write-ahead log before the connection opened the file.
    let hadLog: Bool
    /// The thread between `beginWrite` and `commitWrite` or `rollbackWrite`.
    var turnOwner: UInt?
    /// Why the last checkpoint after a commit failed. What was committed is safe in the write-ahead log.
    private(set) var checkpointFailure: SQLiteError?
    private let gauge: WALGauge
    private let thresholdFrames: Int
    private var nextCheckpointFrames: Int
    private var place: FilePlace

    init(connection: consuming Connection, lock: consuming WriteLock, hadLog: Bool, options: DatabaseOptions)
        throws(SQLiteError)
    {
        self.connection = connection
        self.lock = lock
        self.hadLog = hadLog
        place = FilePlace(of: self.connection.fileName, on: options.disk)
        gauge = WALGauge()
        let pageSize = max(512, Int(try self.connection.integer("PRAGMA page_size")))
        thresholdFrames = max(1, options.checkpointThresholdBytes / pageSize)
        nextCheckpointFrames = thresholdFrames
        gauge.watch(self.connection.handle)
    }

    /// Takes the lock if nobody has it.
    ///
    /// - Throws: `OpenError.moved`.
    mutating func tryAcquire() throws -> Bool {
        // First, so that no lock file is made beside a file that is gone.
        guard place.isUnchanged() else { throw OpenError.moved(path: connection.path) }
        guard try lock.tryAcquire() else { return false }
        guard place.isUnchanged() else {
            lock.release()
            throw OpenError.moved(path: connection.path)
        }
        return true
    }

    /// Gives up a file that turned out to be none of ours: a log that only looking at it made goes when it is closed.
    mutating func disown() {
        // A log that was there is left to whoever made it. An empty one moves nothing into the file, so it needs no lock.
        if !hadLog { connection.removeLogOnClose() }
    }

    /// Readers then neither wait for a writer nor stop one (<https://sqlite.org/wal.html>).
    mutating func enterWALMode() throws(SQLiteError) {
        let mode = try connection.text("PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw SQLiteError(
                extendedCode: SQLiteError.inputOutputSharedMemory,
                message: "the file system offers no shared memory for a write-ahead log; move the file to a local disk",
                operation: "enter WAL mode", path: connection.path)
        }
    }

    mutating func enterWALModeIfNeeded() throws(SQLiteError) {
        if try connection.text("PRAGMA journal_mode") != "wal" { try enterWALMode() }
    }

    /// Moves the write-ahead log into the file if it has grown past the threshold.
    ///
    /// PASSIVE never waits for readers; the next write then starts the log anew from its beginning. A reader in the way
    /// leaves a remainder, and to try again at once would cost every write a walk over the log: so the next attempt
    /// comes after as much growth again.
    mutating func checkpointIfNeeded() {
        let frames = gauge.frames.load(ordering: .relaxed)
        // Where the lock file was deleted meanwhile, another may hold a lock as good as this one (invariant 1).
        guard frames >= nextCheckpointFrames, lock.isInPlace else { return }
        do {
            let isComplete = try checkpoint(SQLITE_CHECKPOINT_PASSIVE)
            nextCheckpointFrames = isComplete ? thresholdFrames : frames + thresholdFrames
            checkpointFailure = nil
        } catch {
            nextCheckpointFrames = frames + thresholdFrames
            checkpointFailure = error
        }
    }

    /// Empties the write-ahead log, so that the file alone is the whole database, unless a reader is in the way.
    ///
    /// That it is empty reaches the medium, too. Else a power cut could bring back a log that is older than the file: where
    /// the sync of a commit failed, the medium has the log without it, and the file with it.
    ///
    /// - Returns: whether it is empty.
    mutating func truncateLog(busyTimeoutMilliseconds: Int32) throws(SQLiteError) -> Bool {
        sqlite3_busy_timeout(connection.handle, 0)
        defer { sqlite3_busy_timeout(connection.handle, busyTimeoutMilliseconds) }
        let isComplete = try checkpoint(SQLITE_CHECKPOINT_TRUNCATE)
        if isComplete {
            try connection.syncLog()
            gauge.frames.store(0, ordering: .relaxed)
            nextCheckpointFrames = thresholdFrames
        }
        return isComplete
    }

    /// - Returns: whether all of the log is in the file.
    private mutating func checkpoint(_ mode: Int32) throws(SQLiteError) -> Bool {
        var logFrames: Int32 = 0
        var movedFrames: Int32 = 0
        let code = sqlite3_wal_checkpoint_v2(connection.handle, "main", mode, &logFrames, &movedFrames)
        if code & 0xff == SQLITE_BUSY { return false }
        guard code == SQLITE_OK else {
            throw SQLiteError(connection: connection.handle, code: code, operation: "checkpoint")
        }
        return logFrames == movedFrames
    }
}
