#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Files that a command writes beside its result.
package enum OutputFile {
    /// Replaces a file as a whole: whoever reads it sees the old contents or the new, never a part.
    ///
    /// - Parameter isSecret: whether nobody but the owner may read it.
    package static func replace(_ path: String, with bytes: [UInt8], isSecret: Bool = false) throws(UserError) {
        let draft = "\(path).\(getpid()).tmp"
        // Process identifiers come again: a process that was killed may have left a file of this name.
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isSecret ? 0o600 : 0o644)
        guard descriptor >= 0 else { throw failure(path, errno) }
        var code = write(bytes, to: descriptor)
        if code == 0, fsync(descriptor) != 0 { code = errno }
        if close(descriptor) != 0, code == 0 { code = errno }
        if code == 0, rename(draft, path) != 0 { code = errno }
        guard code == 0 else {
            unlink(draft)
            throw failure(path, code)
        }
    }

    /// - Returns: 0, or the errno that stopped it.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
                let count = systemWrite(descriptor, rest.baseAddress, rest.count)
                if count >= 0 {
                    written += count
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
    }

    private static func failure(_ path: String, _ code: Int32) -> UserError {
        UserError(
            code: "file.not-written", "\(path) cannot be written", why: String(cString: strerror(code)),
            remedy: "Make room, or work in a folder that you may write to.")
    }
}

/// write(2), under a name that the methods of `OutputFile` do not hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
