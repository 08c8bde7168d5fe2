import CanvassHTTP
import Glibc

/// A socket on which connections arrive. It stops listening when it is let go.
final class Listener {
    let token: UInt64
    let descriptor: FileDescriptor
    let address: HTTPAddress

    /// What came of trying to accept.
    enum Arrival: ~Copyable {
        case connection(FileDescriptor, HTTPAddress)
        /// This one went before it was accepted; there may be others.
        case lost
        case none
        /// The process or the system has no descriptors or memory left: try later.
        case exhausted
    }

    /// Listens on the first of the addresses of `host` that works.
    ///
    /// - Parameter port: 0 lets the system choose; `address` says what it chose.
    init(token: UInt64, host: String, port: UInt16) throws(HTTPServerError) {
        let operation = "listen on \(host) port \(port)"
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, "\(port)", &hints, &found)
        guard result == 0, let found else {
            throw HTTPServerError(
                operation: operation, reason: String(cString: gai_strerror(result)),
                remedy: "Name an address of this machine, such as 127.0.0.1.")
        }
        defer { freeaddrinfo(found) }
        var candidate: UnsafeMutablePointer<addrinfo>? = found
        var errorNumber: Int32 = EADDRNOTAVAIL
        while let entry = candidate {
            if let descriptor = Self.open(entry.pointee), let address = Self.address(of: descriptor) {
                self.token = token
                self.descriptor = descriptor
                self.address = address
                return
            }
            errorNumber = errno
            candidate = entry.pointee.ai_next
        }
        throw HTTPServerError(operation: operation, errorNumber: errorNumber)
    }

    private static func open(_ entry: addrinfo) -> FileDescriptor? {
        let number = socket(entry.ai_family, entry.ai_socktype, entry.ai_protocol)
        guard number >= 0 else { return nil }
        let descriptor = FileDescriptor(number)
        // A restarted relay gets its port back at once; "::" and "0.0.0.0" can be listened on side by side.
        guard descriptor.setNonBlocking(), descriptor.enable(SO_REUSEADDR, level: SOL_SOCKET),
            entry.ai_family != AF_INET6 || descriptor.enable(IPV6_V6ONLY, level: Int32(IPPROTO_IPV6)),
            bind(number, entry.ai_addr, entry.ai_addrlen) == 0, listen(number, 4096) == 0
        else { return keepingErrorNumber(descriptor) }
        return descriptor
    }

    /// Closes a descriptor that failed, without losing why.
    private static func keepingErrorNumber(_ descriptor: consuming FileDescriptor) -> FileDescriptor? {
        let saved = errno
        _ = consume descriptor
        errno = saved
        return nil
    }

    private static func address(of descriptor: borrowing FileDescriptor) -> HTTPAddress? {
        let number = descriptor.number
        return address { getsockname(number, $0, $1) == 0 }
    }

    /// Lets a system call fill in an address.
    private static func address(
        filledBy call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Bool
    ) -> HTTPAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isFilled = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) }
        }
        return isFilled ? HTTPAddress(storage) : nil
    }

    /// Accepts one connection, non-blocking and without Nagle's delay.
    func accept() throws(HTTPServerError) -> Arrival {
        var number: Int32 = -1
        let listening = descriptor.number
        let peer = Self.address {
            number = Glibc.accept(listening, $0, $1)
            return number >= 0
        }
        if let peer {
            let accepted = FileDescriptor(number)
            guard accepted.setNonBlocking(), accepted.enable(TCP_NODELAY, level: Int32(IPPROTO_TCP)) else {
                return .lost
            }
            return .connection(accepted, peer)
        }
        switch errno {
        case EAGAIN: return .none
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
        case EBADF, EINVAL, ENOTSOCK, EFAULT, EOPNOTSUPP:
            throw HTTPServerError(operation: "accept a connection", errorNumber: errno)
        // The errors of the new connection itself (ECONNABORTED, EPROTO …) are reported here too: accept(2).
        default: return .lost
        }
    }
}
