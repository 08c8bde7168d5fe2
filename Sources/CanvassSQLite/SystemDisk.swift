#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file system of the machine.
///
/// Nothing here may open a database file that SQLite has open: closing any descriptor of a file drops every POSIX lock
/// that the process holds on it (<https://sqlite.org/howtocorrupt.html>, section 2.2).
package struct SystemDisk: Disk {
    package init() {}

    package var vfsName: String? { nil }

    package var temporaryFolder: String {
        guard let name = getenv("TMPDIR"), name.pointee != 0 else { return "/tmp" }
        return String(cString: name)
    }

    package func kind(of path: String) -> FileKind {
        var information = stat()
        guard stat(path, &information) == 0 else { return .missing }
        switch information.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    package func size(of path: String) -> Int64 {
        var information = stat()
        return stat(path, &information) == 0 ? Int64(information.st_size) : 0
    }

    package func isWritable(_ folder: String) -> Bool { access(folder, W_OK) == 0 }

    package func isSameFile(_ first: String, _ second: String) -> Bool {
        var one = stat()
        var other = stat()
        guard stat(first, &one) == 0, stat(second, &other) == 0 else { return false }
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }

    /// It closes a descriptor of the file: see above. The caller makes sure that SQLite cannot have opened it meanwhile.
    package func createPrivate(_ path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, Self.privateMode)
        if descriptor >= 0 { close(descriptor) }
    }

    package func createScratch(beside path: String) throws(DiskError) -> String {
        var template = Array("\(path)-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw DiskError(code: errno) }
        close(descriptor)
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    package func synchronize(_ path: String) throws(DiskError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskError(code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DiskError(code: errno) }
    }

    package func rename(_ source: String, to target: String) throws(DiskError) {
        #if canImport(Glibc)
            let code = Glibc.rename(source, target)
        #else
            let code = Darwin.rename(source, target)
        #endif
        guard code == 0 else { throw DiskError(code: errno) }
    }

    package func link(_ source: String, as target: String) throws(DiskError) {
        // Unlike rename(2), link(2) never replaces anything.
        #if canImport(Glibc)
            let code = Glibc.link(source, target)
        #else
            let code = Darwin.link(source, target)
        #endif
        guard code == 0 else { throw DiskError(code: errno) }
    }

    package func remove(_ path: String) {
        unlink(path)
    }

    package func openFile(_ path: String, isWriting: Bool) throws(DiskError) -> any DiskFile {
        try SystemFile(path: path, isWriting: isWriting)
    }

    package func openLock(_ path: String) throws(DiskError) -> any DiskLock {
        try FileLock(path: path)
    }

    /// Reading and writing for the owner alone.
    fileprivate static let privateMode: mode_t = 0o600
}

private final class SystemFile: DiskFile {
    private let descriptor: Int32

    init(path: String, isWriting: Bool) throws(DiskError) {
        let flags = isWriting ? O_WRONLY | O_CREAT : O_RDONLY
        descriptor = open(path, flags | O_CLOEXEC, SystemDisk.privateMode)
        guard descriptor >= 0 else { throw DiskError(code: errno) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    var size: Int { Int(lseek(descriptor, 0, SEEK_END)) }

    func read(_ count: Int, at offset: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = max(0, pread(descriptor, buffer.baseAddress, count, off_t(offset)))
        }
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(DiskError) {
        let count = pwrite(descriptor, bytes, bytes.count, off_t(offset))
        guard count == bytes.count else { throw DiskError(code: count < 0 ? errno : ENOSPC) }
    }
}

/// `flock`: two databases open on one file in one process exclude each other, and the lock of a process that died is
/// gone.
private final class FileLock: DiskLock {
    private let descriptor: Int32

    init(path: String) throws(DiskError) {
        #if canImport(Glibc)
            descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, SystemDisk.privateMode)
        #else
            descriptor = Darwin.open(path, O_RDWR | O_CREAT | O_CLOEXEC, SystemDisk.privateMode)
        #endif
        guard descriptor >= 0 else { throw DiskError(code: errno) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func tryAcquire() throws(DiskError) -> Bool {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            if code == EWOULDBLOCK { return false }
            throw DiskError(code: code)
        }
        return true
    }

    func release() {
        while flock(descriptor, LOCK_UN) != 0, errno == EINTR {}
    }
}
