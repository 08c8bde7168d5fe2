import CanvassHTTP
import Foundation

/// Keeps many connections to one server busy from one thread.
struct LoadGenerator {
    let connections: [LoadConnection]
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)

    init(connections count: Int, port: UInt16) throws {
        LoadGenerator.raiseDescriptorLimit()
        connections = try (0..<count).map { _ in try LoadConnection(port: port) }
    }

    /// As many descriptors as the system lets this process have.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // Where it is refused, opening a connection fails and says so.
        _ = setrlimit(resource, &limit)
    }

    /// Sends on each connection one request after the other, the next when the one before is answered.
    ///
    /// - Parameter next: gives the next request of a connection, by its index and the answer to the one before; nil at the
    ///   end.
    mutating func run(_ next: (Int, LoadAnswer?) throws -> [UInt8]?) throws {
        var waiting = connections.map { pollfd(fd: $0.descriptor.number, events: Int16(POLLIN), revents: 0) }
        var open = 0
        for (index, connection) in connections.enumerated() {
            if let request = try next(index, nil) {
                try connection.send(request)
                open += 1
            } else {
                waiting[index].fd = -1
            }
        }
        while open > 0 {
            try LoadGenerator.wait(for: &waiting)
            for index in waiting.indices where waiting[index].revents != 0 {
                guard let answer = try connections[index].receive(into: &buffer) else { continue }
                if let request = try next(index, answer) {
                    try connections[index].send(request)
                } else {
                    waiting[index].fd = -1
                    open -= 1
                }
            }
        }
    }

    /// Waits until every connection has received something that `isDone` accepts.
    ///
    /// - Parameter isDone: asked with the index of a connection and what came on it since it was last asked.
    /// - Returns: when each was done, in the order of the connections.
    mutating func awaitStreams(
        _ isDone: (Int, [UInt8]) throws -> Bool
    ) throws -> [ContinuousClock.Instant] {
        var waiting = connections.map { pollfd(fd: $0.descriptor.number, events: Int16(POLLIN), revents: 0) }
        var times = [ContinuousClock.Instant](repeating: .now, count: connections.count)
        var open = connections.count
        while open > 0 {
            try LoadGenerator.wait(for: &waiting)
            for index in waiting.indices where waiting[index].revents != 0 {
                if let answer = try connections[index].receive(into: &buffer) {
                    throw WrongResult("a stream ended with \(answer.status)")
                }
                guard try isDone(index, connections[index].takeReceived()) else { continue }
                times[index] = .now
                waiting[index].fd = -1
                open -= 1
            }
        }
        return times
    }

    private static func wait(for waiting: inout [pollfd]) throws {
        let count = poll(&waiting, nfds_t(waiting.count), 20_000)
        guard count != 0 else { throw WrongResult("no answer came for 20 seconds") }
        guard count > 0 || errno == EINTR else {
            throw WrongResult("waiting failed: \(String(cString: strerror(errno)))")
        }
    }
}
