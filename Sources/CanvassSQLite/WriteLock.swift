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
struct WriteLock: ~Copyable, Sendable {
    private let path: String
    /// -1 until the lock is first asked for.
    private var descriptor: Int32 = -1

    init(databasePath: String) {
        path = databasePath + "-lock"
    }

    deinit {
        if isOpen { close(descriptor) }
    }

    /// Whether the lock has ever been asked for, so that its file is there.
    var isOpen: Bool { descriptor >= 0 }

    /// Makes the lock file at the first call and no sooner: a file that turns out to be another program's gets none.
    ///
    /// - Returns: false where another holds it.
    mutating func tryAcquire() throws -> Bool {
        if !isOpen { descriptor = try Self.open(path) }
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

    private static func open(_ path: String) throws(OpenError) -> Int32 {
        #if canImport(Glibc)
            let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, FileSystem.privateMode)
        #else
            let descriptor = Darwin.open(path, O_RDWR | O_CREAT | O_CLOEXEC, FileSystem.privateMode)
        #endif
        guard descriptor >= 0 else { throw .notPermitted(path: path, reason: FileSystem.reason(errno)) }
        return descriptor
    }
}
