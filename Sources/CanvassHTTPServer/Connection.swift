import CanvassHTTP
import Glibc

/// One client. Belongs to the loop; all decisions about it are the server's.
final class Connection {
    enum Phase {
        case idle
        case head
        case body
        /// An answer did not fit the socket's buffer. Nothing is read meanwhile, so a client that does not read cannot
        /// make the server hold more.
        case writing
        /// Everything of a stream so far is out.
        case streaming
        /// The last answer is out and this side closed; what still comes is thrown away.
        case lingering
    }

    /// What came of one call to the system.
    enum Transfer {
        case bytes(Int)
        case wouldBlock
        /// The other side has closed its sending half, or the connection is broken.
        case ended
        case broken
    }

    let descriptor: FileDescriptor
    let id: UInt64
    let peer: HTTPAddress
    /// Of the listener that it came by.
    let localPort: UInt16
    var parser: HTTPRequestParser
    var output = OutputQueue()
    var phase = Phase.idle
    var deadline = Duration.zero
    var interest = Poller.Interest.reading
    /// No request is read after what is in `output`.
    var closesAfterOutput = false
    /// The parser may hold a complete request that this turn had no room for.
    var hasBacklog = false
    /// What goes on after its answer, until it is ended.
    var stream: HTTPStream?
    /// What the server has counted as held for this connection.
    var countedBytes = 0

    init(
        _ descriptor: consuming FileDescriptor, id: UInt64, peer: HTTPAddress, localPort: UInt16, limits: HTTPLimits
    ) {
        self.descriptor = descriptor
        self.id = id
        self.peer = peer
        self.localPort = localPort
        parser = HTTPRequestParser(limits: limits)
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        let count = recv(descriptor.number, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return .bytes(count) }
        if count == 0 { return .ended }
        return errno == EAGAIN || errno == EINTR ? .wouldBlock : .broken
    }

    /// Sends `bytes` after what is waiting, and keeps what the socket does not take. False when the connection is broken.
    func send(_ bytes: [UInt8]) -> Bool {
        guard output.isEmpty, !bytes.isEmpty else {
            output.append(bytes)
            return flush()
        }
        switch bytes.withUnsafeBytes({ send($0, isLast: true) }) {
        case .bytes(bytes.count): break
        case .bytes(let sent): output.append(Array(bytes[sent...]))
        case .wouldBlock: output.append(bytes)
        case .ended, .broken: return false
        }
        return true
    }

    /// Sends what is waiting until the socket takes no more. False when the connection is broken.
    func flush() -> Bool {
        while !output.isEmpty {
            switch output.withFirstChunk({ send($0, isLast: !output.hasSeveralChunks) }) {
            case .bytes(let sent): output.removeSent(sent)
            case .wouldBlock: return true
            case .ended, .broken: return false
            }
        }
        return true
    }

    /// MSG_MORE keeps a head from leaving in a packet of its own when its body follows at once; MSG_NOSIGNAL turns
    /// SIGPIPE, which would end the process, into an error.
    private func send(_ bytes: UnsafeRawBufferPointer, isLast: Bool) -> Transfer {
        let flags = Int32(MSG_NOSIGNAL) | (isLast ? 0 : Int32(MSG_MORE))
        let count = Glibc.send(descriptor.number, bytes.baseAddress, bytes.count, flags)
        if count >= 0 { return .bytes(count) }
        return errno == EAGAIN || errno == EINTR ? .wouldBlock : .broken
    }

    /// Tells the client that nothing more will come.
    func closeSendingHalf() { _ = shutdown(descriptor.number, Int32(SHUT_WR)) }
}
