/// Tells the loop of a server from another thread that its handler may have something for its streams.
package final class HTTPServerBell: Sendable {
    let signal: EventSignal

    init() throws(HTTPServerError) {
        signal = try EventSignal()
    }

    /// Makes the server ask its handler soon. A server that has ended does not hear it.
    package func ring() { signal.raise() }
}
