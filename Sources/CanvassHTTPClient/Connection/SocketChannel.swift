import CanvassHTTP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A TCP connection. Its calls return at once, and one thread makes them at a time.
final class SocketChannel: Sendable {
    private let owned: FileDescriptor

    private init(_ descriptor: consuming FileDescriptor) {
        owned = descriptor
    }

    /// Connects to the first of a host's addresses, of IPv6 or IPv4, that accepts.
    static func connect(
        to origin: HTTPOrigin, interrupter: Interrupter, patience: HTTPPatience
    ) throws(HTTPClientError) -> SocketChannel {
        let deadline = ContinuousClock.now + patience.connecting
        let addresses = try Resolver.addresses(host: origin.host, port: origin.port, until: deadline)
        var failure = HTTPClientError.connectTimedOut(patience.connecting)
        for (index, address) in addresses.enumerated() {
            // One that swallows everything must not use up the time of those behind it.
            let share = (deadline - .now) / (addresses.count - index)
            do throws(HTTPClientError) {
                return try connect(to: address, until: .now + share, interrupter: interrupter, patience: patience)
            } catch {
                if case .cancelled = error { throw error }
                failure = error
            }
        }
        throw failure
    }

    private static func connect(
        to address: Resolver.Address, until deadline: ContinuousClock.Instant, interrupter: Interrupter,
        patience: HTTPPatience
    ) throws(HTTPClientError) -> SocketChannel {
        #if canImport(Glibc)
            let number = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        #else
            let number = socket(address.family, SOCK_STREAM, 0)
        #endif
        guard number >= 0 else { throw HTTPClientError(lastErrorOf: "open a socket") }
        let descriptor = FileDescriptor(number)
        // A request is written whole: nothing is won by waiting for more of it.
        guard descriptor.setNonBlocking(), descriptor.enable(TCP_NODELAY, level: Int32(IPPROTO_TCP)) else {
            throw HTTPClientError(lastErrorOf: "set up a socket")
        }
        #if !canImport(Glibc)
            guard descriptor.enable(SO_NOSIGPIPE, level: SOL_SOCKET) else {
                throw HTTPClientError(lastErrorOf: "set up a socket")
            }
        #endif
        let result = address.bytes.withUnsafeBytes { bytes -> Int32 in
            guard let base = bytes.baseAddress else { return -1 }
            return systemConnect(number, base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        if result != 0 {
            guard errno == EINPROGRESS else { throw HTTPClientError(connecting: errno, patience: patience) }
            switch interrupter.wait(for: number, isSending: true, until: deadline) {
            case .interrupted: throw .cancelled
            case .timedOut: throw .connectTimedOut(patience.connecting)
            case .ready: break
            }
            var code: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            guard getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &length) == 0, code == 0 else {
                throw HTTPClientError(connecting: code, patience: patience)
            }
        }
        return SocketChannel(descriptor)
    }

    var descriptor: Int32 { owned.number }

    func send(_ bytes: UnsafeRawBufferPointer) -> ChannelTransfer {
        #if canImport(Glibc)
            // Without it a connection that is gone would end the process with SIGPIPE.
            let flags = Int32(MSG_NOSIGNAL)
        #else
            let flags: Int32 = 0
        #endif
        return SocketChannel.transfer(systemSend(owned.number, bytes.baseAddress, bytes.count, flags))
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> ChannelTransfer {
        let count = recv(owned.number, buffer.baseAddress, buffer.count, 0)
        return count == 0 ? .ended : SocketChannel.transfer(count)
    }

    private static func transfer(_ count: Int) -> ChannelTransfer {
        if count >= 0 { return .bytes(count) }
        switch errno {
        case EAGAIN, EINTR: return .wouldBlock
        case let code: return .broken(String(cString: strerror(code)))
        }
    }

    /// Whether a connection that was put aside may carry another request: nobody closed it, and nothing came unasked.
    var isQuiet: Bool {
        var byte: UInt8 = 0
        if case .wouldBlock = withUnsafeMutableBytes(of: &byte, { receive(into: $0) }) { return true }
        return false
    }
}

// Methods of a channel have the names of the system's calls.
#if canImport(Glibc)
    private let systemConnect = Glibc.connect
    private let systemSend = Glibc.send
#else
    private let systemConnect = Darwin.connect
    private let systemSend = Darwin.send
#endif
