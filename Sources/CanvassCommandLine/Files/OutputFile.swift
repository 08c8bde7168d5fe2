#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Files that a command writes beside its result.
package enum OutputFile {
    /// Replaces a file as a whole: whoever reads it sees the old contents or the new, never a part.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(UserError) {
        try OutputDraft(path, bytes, isSecret: false).publish()
    }

    /// - Returns: 0, or the errno that stopped it.
    fileprivate static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
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

    fileprivate static func failure(_ path: String, _ code: Int32) -> UserError {
        UserError(
            code: "file.not-written", "\(path) cannot be written", why: String(cString: strerror(code)),
            remedy: "Make room, or work in a folder that you may write to.")
    }
}

/// A file that lies complete beside the place that it is for, and takes that place in one step.
package struct OutputDraft {
    private let path: String
    private let draft: String

    /// Writes the file under another name in the same folder.
    ///
    /// - Parameter isSecret: whether nobody but the owner may read it.
    package init(_ path: String, _ bytes: [UInt8], isSecret: Bool) throws(UserError) {
        self.path = path
        draft = "\(path).\(getpid()).tmp"
        // Process identifiers come again: a process that was killed may have left a file of this name.
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isSecret ? 0o600 : 0o644)
        guard descriptor >= 0 else { throw OutputFile.failure(path, errno) }
        var code = OutputFile.write(bytes, to: descriptor)
        if code == 0, fsync(descriptor) != 0 { code = errno }
        if close(descriptor) != 0, code == 0 { code = errno }
        guard code == 0 else {
            unlink(draft)
            throw OutputFile.failure(path, code)
        }
    }

    package func publish() throws(UserError) {
        guard rename(draft, path) == 0 else {
            let code = errno
            unlink(draft)
            throw OutputFile.failure(path, code)
        }
    }

    package func discard() { unlink(draft) }
}

/// write(2), under a name that the methods of `OutputFile` do not hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
