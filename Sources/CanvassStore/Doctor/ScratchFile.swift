#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A new file beside another, readable for its owner alone, that is gone when the last reference is, unless it was given
/// a name.
final class ScratchFile {
    let path: String
    private var isKept = false

    /// - Throws: `DoctorError.notWritten`.
    init(beside path: String) throws(DoctorError) {
        var template = Array("\(path)-doctor-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .notWritten(path: path, reason: reason(errno)) }
        close(descriptor)
        self.path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        guard !isKept else { return }
        for suffix in ["", "-journal", "-wal", "-shm"] { unlink(path + suffix) }
    }

    /// Brings the contents to the disk and gives them their name, which nothing may have yet.
    func publish(as target: String) throws(DoctorError) {
        try synchronize(path, for: target)
        // Unlike rename(2), link(2) never replaces anything.
        guard link(path, target) == 0 else {
            throw errno == EEXIST ? .exists(path: target) : .notWritten(path: target, reason: reason(errno))
        }
        isKept = true
        unlink(path)
        let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
        try synchronize(folder, for: target)
    }

    private func synchronize(_ path: String, for target: String) throws(DoctorError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .notWritten(path: target, reason: reason(errno)) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .notWritten(path: target, reason: reason(errno)) }
    }

    /// Copies a file into this one, as far as the medium lets it be read: a block that cannot be read becomes zeros.
    ///
    /// - Returns: the bytes copied, and how many of them could not be read.
    func fill(from source: String, suffix: String = "") throws(DoctorError) -> (bytes: Int, unreadable: Int) {
        let input = open(source + suffix, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else {
            if errno == ENOENT { return (0, 0) }
            throw .notRead(path: source + suffix, reason: reason(errno))
        }
        defer { close(input) }
        let output = open(path + suffix, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw .notWritten(path: path + suffix, reason: reason(errno)) }
        defer { close(output) }
        let size = Int(lseek(input, 0, SEEK_END))
        var block = [UInt8](repeating: 0, count: 4_096)
        var offset = 0
        var unreadable = 0
        while offset < size {
            let wanted = min(block.count, size - offset)
            let count = pread(input, &block, wanted, off_t(offset))
            if count < wanted {
                let start = max(count, 0)
                for index in start..<wanted { block[index] = 0 }
                unreadable += wanted - start
            }
            guard pwrite(output, block, wanted, off_t(offset)) == wanted else {
                throw .notWritten(path: path + suffix, reason: reason(errno))
            }
            offset += wanted
        }
        return (size, unreadable)
    }

    /// Writes bytes over those at `offset`.
    func overwrite(_ bytes: [UInt8], at offset: Int) throws(DoctorError) {
        let output = open(path, O_WRONLY | O_CLOEXEC)
        guard output >= 0 else { throw .notWritten(path: path, reason: reason(errno)) }
        defer { close(output) }
        guard pwrite(output, bytes, bytes.count, off_t(offset)) == bytes.count else {
            throw .notWritten(path: path, reason: reason(errno))
        }
    }

    /// Up to `count` bytes from the beginning.
    func read(_ count: Int) throws(DoctorError) -> [UInt8] {
        let input = open(path, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw .notRead(path: path, reason: reason(errno)) }
        defer { close(input) }
        var bytes = [UInt8](repeating: 0, count: count)
        let read = pread(input, &bytes, count, 0)
        return Array(bytes.prefix(max(read, 0)))
    }
}

private func reason(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
}
