/// The advisory lock `<database>-lock`, held by whoever writes or checkpoints.
///
/// SQLite before 3.51.3 can corrupt a database if one connection checkpoints while another restarts the write-ahead log
/// (<https://sqlite.org/wal.html>, “the WAL-reset bug”). Its own locks do not prevent it, this one does, since all that
/// writes or checkpoints in Canvass holds it. Readers need no lock.
///
/// Its file is empty and stays: to delete it would let a process lock the old file while another locks a new one.
struct WriteLock: ~Copyable, Sendable {
    private let path: String
    private let disk: any Disk
    /// nil until it is first asked for.
    private var lock: (any DiskLock)?

    init(databasePath: String, disk: any Disk) {
        path = databasePath + "-lock"
        self.disk = disk
    }

    /// Whether the lock has ever been asked for, so that its file is there.
    var isOpen: Bool { lock != nil }

    /// Makes the lock file at the first call and no sooner: a file that turns out to be another program's gets none.
    ///
    /// - Returns: false where another holds it.
    mutating func tryAcquire() throws -> Bool {
        do {
            return try opened().tryAcquire()
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
