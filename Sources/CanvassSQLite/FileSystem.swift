#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The few questions about files that SQLite does not answer.
///
/// Nothing here may open a database file that SQLite has open: closing any descriptor of a file drops every POSIX lock
/// that the process holds on it (<https://sqlite.org/howtocorrupt.html>, section 2.2).
enum FileSystem {
    enum Kind { case missing, file, folder, other }

    static func kind(of path: String) -> Kind {
        var information = stat()
        guard stat(path, &information) == 0 else { return .missing }
        switch information.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    /// Bytes of a file; 0 where there is none.
    static func size(of path: String) -> Int64 {
        var information = stat()
        return stat(path, &information) == 0 ? Int64(information.st_size) : 0
    }

    static func isSameFile(_ first: String, _ second: String) -> Bool {
        var one = stat()
        var other = stat()
        guard stat(first, &one) == 0, stat(second, &other) == 0 else { return false }
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The operating system's words for `code`, an `errno`.
    static func reason(_ code: Int32) -> String {
        guard let text = strerror(code) else { return "error \(code)" }
        return String(cString: text)
    }

    /// Makes an empty file that only its owner may read, unless a file is there: SQLite would leave that to the umask. The
    /// files that it puts beside a database have the database's permissions.
    ///
    /// Only a file that was not there is opened, so SQLite cannot have it open. A failure shows when SQLite opens it.
    static func createPrivately(_ path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Waits until the contents of a file, or the names in a folder, are on the disk.
    ///
    /// - Returns: 0 or an `errno`.
    static func synchronize(_ path: String) -> Int32 {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        return fsync(descriptor) == 0 ? 0 : errno
    }

    /// - Returns: 0 or an `errno`.
    static func rename(_ source: String, to target: String) -> Int32 {
        #if canImport(Glibc)
            Glibc.rename(source, target) == 0 ? 0 : errno
        #else
            Darwin.rename(source, target) == 0 ? 0 : errno
        #endif
    }

    static func remove(_ path: String) {
        unlink(path)
    }

    /// A number that tells this thread from the others that live now.
    static var currentThread: UInt {
        #if canImport(Glibc)
            UInt(pthread_self())
        #else
            UInt(bitPattern: pthread_self())
        #endif
    }

    static var processID: Int32 { getpid() }

    static func sleep(milliseconds: Int) {
        // Woken early by a signal, a caller that polls merely looks sooner.
        var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        nanosleep(&time, nil)
    }
}
