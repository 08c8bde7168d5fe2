import CanvassHTTP
import Foundation
import Synchronization

/// Stands between a client and a port of this machine, hands everything on, and counts it. For one connection at a time,
/// each a thread's whole work.
final class CountingForwarder: Sendable {
    private struct Count {
        var sent = 0
        var received = 0
        var isEnding = false
    }

    let port: UInt16
    private let listener: Int32
    private let count: Mutex<Count>
    private let hasEnded = DispatchSemaphore(value: 0)

    /// Listens at a free port.
    init(to target: UInt16) throws {
        let socket = try LoopbackSocket.listen()
        (listener, port) = (socket.number, socket.port)
        count = Mutex(Count())
        Thread.detachNewThread { [self] in
            while let client = LoopbackSocket.accept(listener), !isEnding { forward(client, to: target) }
            hasEnded.signal()
        }
    }

    /// Ends it, and waits for its end.
    ///
    /// - Returns: the bytes that went to the target, and those that came from it.
    func stop() throws -> (sent: Int, received: Int) {
        count.withLock { $0.isEnding = true }
        // Wakes the thread where it waits for a connection.
        _ = try LoadConnection(port: port)
        hasEnded.wait()
        close(listener)
        return count.withLock { ($0.sent, $0.received) }
    }

    private var isEnding: Bool { count.withLock { $0.isEnding } }

    /// Until either side closes, or the forwarder ends.
    private func forward(_ client: consuming FileDescriptor, to target: UInt16) {
        guard let server = try? LoadConnection(port: target) else { return }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var waiting = [client.number, server.descriptor.number].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        while !isEnding {
            // A client may keep its connection for longer than it is of use.
            guard poll(&waiting, nfds_t(waiting.count), 20) >= 0 else { return }
            for (index, other) in [(0, 1), (1, 0)] where waiting[index].revents != 0 {
                guard let bytes = LoopbackSocket.hand(from: waiting[index].fd, to: waiting[other].fd, &buffer) else {
                    return
                }
                count.withLock { if index == 0 { $0.sent += bytes } else { $0.received += bytes } }
            }
        }
    }
}
