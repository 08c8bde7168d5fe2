import CanvassHTTP
import Foundation

/// The few calls that a listener on the loopback interface needs.
enum LoopbackSocket {
    #if canImport(Glibc)
        static let stream = Int32(SOCK_STREAM.rawValue)
    #else
        static let stream = SOCK_STREAM
    #endif

    static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return address
    }

    /// Calls `body` with an address as the system takes it.
    static func withAddress<T>(
        _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> T
    ) -> T {
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &size) }
        }
    }

    /// A listener at a free port, which the caller closes.
    static func listen() throws -> (number: Int32, port: UInt16) {
        let number = socket(AF_INET, stream, 0)
        guard number >= 0 else { throw WrongResult("no socket: \(String(cString: strerror(errno)))") }
        var address = address(port: 0)
        guard withAddress(&address, { bind(number, $0, $1) }) == 0, Foundation.listen(number, 1) == 0,
            withAddress(&address, { getsockname(number, $0, &$1) }) == 0
        else { throw WrongResult("nothing can listen: \(String(cString: strerror(errno)))") }
        return (number, UInt16(bigEndian: address.sin_port))
    }

    /// The next connection; nil once the listener was shut down.
    static func accept(_ listener: Int32) -> FileDescriptor? {
        let number = Foundation.accept(listener, nil, nil)
        return number >= 0 ? FileDescriptor(number) : nil
    }

    /// Hands on what has come.
    ///
    /// - Returns: how many bytes; nil where there are no more, or nobody takes them.
    static func hand(from source: Int32, to target: Int32, _ buffer: inout [UInt8]) -> Int? {
        let count = buffer.withUnsafeMutableBytes { recv(source, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return nil }
        var sent = 0
        while sent < count {
            let more = buffer.withUnsafeBytes { send(target, $0.baseAddress?.advanced(by: sent), count - sent, 0) }
            guard more > 0 else { return nil }
            sent += more
        }
        return count
    }
}
