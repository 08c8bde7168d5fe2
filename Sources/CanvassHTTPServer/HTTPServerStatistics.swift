import Synchronization

/// What a server has counted since it was made, as of its last turn. It may be read from any thread.
package final class HTTPServerStatistics: Sendable {
    package struct Counts: Sendable, Equatable {
        package var openConnections = 0
        /// Connections whose answer goes on.
        package var openStreams = 0
        package var acceptedConnections = 0
        /// How often accepting paused, for want of a place or of a descriptor.
        package var acceptPauses = 0
        /// Bytes of requests that are not complete yet.
        package var incompleteRequestBytes = 0
        package var receivedBytes = 0
        /// Bytes that were handed to sockets or wait for them.
        package var sentBytes = 0
        /// Requests that never reached the handler, by the status that they were answered with.
        package var refusals: [Int: Int] = [:]
    }

    private let latest = Mutex(Counts())

    init() {}

    package var counts: Counts { latest.withLock { $0 } }

    func publish(_ counts: Counts) { latest.withLock { $0 = counts } }
}
