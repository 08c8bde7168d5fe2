/// Ends the loop of a server from anywhere: another thread, or a signal handler.
package final class HTTPServerStopper: Sendable {
    let signal: EventSignal

    init() throws(HTTPServerError) {
        signal = try EventSignal()
    }

    /// Asks the server to stop: it accepts no more, finishes what it has begun to read, and returns from `run`. A signal
    /// handler may do this. Saying it again changes nothing.
    package func stop() { signal.raise() }
}
