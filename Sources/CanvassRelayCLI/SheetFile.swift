import CanvassCommandLine
import CanvassRelay

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A recovery sheet in a file; not on the command line, where every user of the machine can read it.
enum SheetFile {
    private static let maximumBytes = 16 << 10

    /// - Throws: `UserError` or `RelayFailure`.
    static func read(_ path: String) throws -> RecoverySheet {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        var count = 0
        while count < bytes.count {
            let read = bytes[count...].withUnsafeMutableBytes { fill(descriptor, $0) }
            guard read >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
            if read == 0 { break }
            count += read
        }
        return try RecoverySheet(text: String(decoding: bytes[..<count], as: UTF8.self))
    }

    private static func fill(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #else
            Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    private static func unreadable(_ path: String, _ reason: String) -> UserError {
        UserError(
            code: "relay.sheet", "\(path) cannot be read: \(reason)",
            remedy: "name the file that holds the recovery sheet")
    }
}
