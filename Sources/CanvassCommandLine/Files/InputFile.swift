#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Files that a person names on the command line.
package enum InputFile {
    /// Far beyond any questionnaire or table of responses, and far below what would exhaust a device.
    package static let mostBytes = 1 << 30

    /// The whole file; "-" is standard input.
    ///
    /// - Throws: `UserError` that names the file and what to do.
    package static func read(_ path: String, mostBytes: Int = mostBytes) throws(UserError) -> [UInt8] {
        if path == "-" { return try read(STDIN_FILENO, "standard input", mostBytes) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path, errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw failure(path, EISDIR) }
        return try read(descriptor, path, mostBytes)
    }

    private static func read(_ descriptor: Int32, _ name: String, _ mostBytes: Int) throws(UserError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = systemRead(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR, !Interrupt.isRequested { continue }
                throw failure(name, errno)
            }
            guard bytes.count + count <= mostBytes else {
                throw UserError(
                    code: "file.too-large", "\(name) is larger than \(NumberText.grouped(Int64(mostBytes))) bytes",
                    remedy: "Split it.")
            }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    private static func failure(_ path: String, _ code: Int32) -> UserError {
        switch code {
        case ENOENT, ENOTDIR:
            UserError(
                code: "file.missing", "there is no file \(path)",
                remedy: "Check the name; paths start at the current folder.")
        case EISDIR:
            UserError(code: "file.folder", "\(path) is a folder", remedy: "Name a file in it.")
        case EACCES, EPERM:
            UserError(
                code: "file.not-permitted", "\(path) may not be read",
                remedy: "Ask for permission to read it, or copy it.")
        default:
            UserError(
                code: "file.unreadable", "\(path) cannot be read", why: String(cString: strerror(code)),
                remedy: "Copy it to this device and try again.")
        }
    }
}

/// read(2), under a name that the methods of `InputFile` do not hide.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
