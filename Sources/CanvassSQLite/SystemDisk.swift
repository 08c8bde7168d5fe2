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
        guard let file = identity(of: first) else { return false }
        return file == identity(of: second)
    }

    package func identity(of path: String) -> FileIdentity? {
        var information = stat()
        return stat(path, &information) == 0 ? FileIdentity(information) : nil
    }

    /// It closes a descriptor of the file: see above. The caller makes sure that SQLite cannot have opened it meanwhile.
    package func createPrivate(_ path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, Self.privateMode)
        if descriptor >= 0 { close(descriptor) }
    }

    package func createScratch(beside path: String) throws(DiskError) -> String {
        var template = Array("\(path)-XXXXXX\(Self.scratchEnding)".utf8CString)
        let descriptor = mkstemps(&template, Int32(Self.scratchEnding.utf8.count))
        guard descriptor >= 0 else { throw DiskError(code: errno) }
        close(descriptor)
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What follows the six characters that tell scratch files apart: nothing that a person would name a file.
    private static let scratchEnding = ".canvass-tmp"

    /// A lock on the scratch file itself: it goes with the process, however that ends.
    package func holdScratch(_ path: String) -> (any DiskLock)? {
        // Where the file system knows no locks, the file is never taken for abandoned either.
        guard let lock = try? FileLock(path: path), (try? lock.tryAcquire()) == true else { return nil }
        return lock
    }

    package func removeAbandonedScratch(beside path: String) {
        let folder = FileSystem.folder(of: path)
        let prefix = "\(path.split(separator: "/").last ?? "")-"
        let length = prefix.utf8.count + 6 + Self.scratchEnding.utf8.count
        for name in FileSystem.names(in: folder)
        where name.utf8.count == length && name.hasPrefix(prefix) && name.hasSuffix(Self.scratchEnding) {
            let file = "\(folder)/\(name)"
            guard isOld(file), holdScratch(file) != nil else { continue }
            // SQLite's own files beside it go with it.
            for suffix in ["", "-journal", "-wal", "-shm"] { remove(file + suffix) }
        }
    }

    /// Whether a file lay untouched for a minute: a new one may not have been locked yet.
    private func isOld(_ path: String) -> Bool {
        var information = stat()
        guard lstat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return false }
        #if canImport(Glibc)
            return information.st_mtim.tv_sec < time(nil) - 60
        #else
            return information.st_mtimespec.tv_sec < time(nil) - 60
        #endif
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
    private let path: String
    private let descriptor: Int32

    init(path: String) throws(DiskError) {
        self.path = path
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

    var isInPlace: Bool {
        identity != nil && identity == SystemDisk().identity(of: path)
    }

    var holder: LockHolder? { identity.flatMap(LockHolder.init(of:)) }

    private var identity: FileIdentity? {
        var information = stat()
        return fstat(descriptor, &information) == 0 ? FileIdentity(information) : nil
    }
}

extension FileIdentity {
    fileprivate init(_ information: stat) {
        self.init(
            device: UInt64(truncatingIfNeeded: information.st_dev),
            number: UInt64(truncatingIfNeeded: information.st_ino))
    }
}
