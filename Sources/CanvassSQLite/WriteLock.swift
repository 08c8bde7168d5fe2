/// The advisory lock `<database>-lock`, held by whoever writes or checkpoints.
///
/// SQLite before 3.51.3 can corrupt a database if one connection checkpoints while another restarts the write-ahead log
/// (<https://sqlite.org/wal.html>, “the WAL-reset bug”). Its own locks do not prevent it, this one does, since all that
/// writes or checkpoints in Canvass holds it. Readers need no lock.
///
/// Invariants:
/// 1. Its file is empty, and nothing here deletes it: a process could then lock the old file while another locks a new
///    one.
/// 2. Where somebody else deletes it all the same, that lasts no longer than the lock is held once: whoever asks for the
///    lock gets that of the file which is at `path` now.
struct WriteLock: ~Copyable, Sendable {
    private let path: String
    private let disk: any Disk
    /// nil until it is first asked for.
    private var lock: (any DiskLock)?

    /// - Parameter databasePath: with every symbolic link followed, so that all names of a file lead to one lock.
    init(databasePath: String, disk: any Disk) {
        path = databasePath + "-lock"
        self.disk = disk
    }

    /// Whether the lock has ever been asked for, so that its file is there.
    var isOpen: Bool { lock != nil }

    /// Whether what was locked is still what others would lock.
    var isInPlace: Bool { lock?.isInPlace ?? false }

    /// Who holds it, where the system says so.
    var holder: LockHolder? { lock?.holder }

    /// Makes the lock file at the first call and no sooner: a file that turns out to be another program's gets none.
    ///
    /// - Returns: false where another holds it.
    mutating func tryAcquire() throws -> Bool {
        do {
            while true {
                if isOpen, !isInPlace { lock = nil }
                let lock = try opened()
                guard try lock.tryAcquire() else { return false }
                // It may have been deleted just before it was locked.
                if lock.isInPlace { return true }
                lock.release()
            }
        } catch let error as DiskError {
            throw SQLiteError(
                extendedCode: SQLiteError.inputOutputLock, message: error.reason, operation: "lock", path: path)
        }
    }

    func release() {
        lock?.release()
    }

    private mutating func opened() throws -> any DiskLock {
        if let lock { return lock }
        do {
            let opened = try disk.openLock(path)
            lock = opened
            return opened
        } catch {
            throw OpenError.notPermitted(path: path, reason: error.reason)
        }
    }
}
