import CanvassCSQLite

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The advisory lock `<database>-lock`, held by whoever writes or checkpoints.
///
/// SQLite before 3.51.3 can corrupt a database if one connection checkpoints while another restarts the write-ahead log
/// (<https://sqlite.org/wal.html>, “the WAL-reset bug”). Its own locks do not prevent it, this one does, since all that
/// writes or checkpoints in Canvass holds it. Readers need no lock.
///
/// `flock` belongs to the open file, not to the process: two databases open on one file in one process exclude each
/// other, and the lock of a process that died is gone. The file is empty and stays: to delete it would let a
/// process lock the old file while another locks a new one.
final class WriteLock: Sendable {
    private let descriptor: Int32
    private let path: String

    /// Opens the lock file of a database, creating it if need be, without taking the lock.
    init(databasePath: String) throws(OpenError) {
        path = databasePath + "-lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .notPermitted(path: path, reason: FileSystem.reason(errno)) }
    }

    deinit {
        close(descriptor)
    }

    /// - Returns: false where another holds it.
    func tryAcquire() throws(SQLiteError) -> Bool {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            if code == EWOULDBLOCK { return false }
            throw SQLiteError(
                extendedCode: SQLiteError.inputOutputLock, message: FileSystem.reason(code), operation: "lock",
                path: path)
        }
        return true
    }

    func release() {
        while flock(descriptor, LOCK_UN) != 0, errno == EINTR {}
    }
}
