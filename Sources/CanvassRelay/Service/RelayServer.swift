import CanvassHTTP
package import CanvassHTTPServer

/// A socket that listens, before there is a relay behind it: who connects meanwhile waits.
package final class RelayListener {
    fileprivate let server: HTTPServer
    /// Where it listens: "http://127.0.0.1:8787".
    package let url: String
    package let port: UInt16

    /// - Parameter port: 0 lets the system choose.
    /// - Throws: `HTTPServerError`, with a remedy, when the address cannot be had.
    package init(
        host: String, port: UInt16, configuration: HTTPServerConfiguration = HTTPServerConfiguration()
    ) throws {
        server = try HTTPServer(configuration: configuration)
        let address = try server.bind(host: host, port: port)
        url = "http://\(address)"
        self.port = address.port
    }

    /// Listens at one more address.
    package func alsoListen(host: String, port: UInt16) throws -> HTTPAddress {
        try server.bind(host: host, port: port)
    }
}

/// A relay that listens. It belongs to the thread that runs it.
package final class RelayServer {
    private let listener: RelayListener
    private var served: Served
    /// Ends `run`, from any thread.
    package let stopper: RelayStopper

    /// - Parameter whenEnding: called once no more is accepted, before what is under way is answered.
    package init(relay: Relay, listener: RelayListener, whenEnding: @escaping () -> Void = {}) {
        served = Served(relay: relay, whenEnding: whenEnding)
        self.listener = listener
        relay.metrics.watch(listener.server.statistics)
        relay.database.listen { [bell = listener.server.bell] in bell.ring() }
        stopper = RelayStopper(stopper: listener.server.stopper)
    }

    /// Listens from now on, and answers once `run` is called; see `RelayListener`.
    package convenience init(relay: Relay, host: String, port: UInt16) throws {
        self.init(relay: relay, listener: try RelayListener(host: host, port: port))
    }

    package var url: String { listener.url }
    package var port: UInt16 { listener.port }

    /// Serves until it is stopped and what was under way is answered.
    package func run() throws {
        try listener.server.run(&served)
    }
}

/// A relay, and who else wants to hear that it ends.
private struct Served: HTTPHandler {
    let relay: Relay
    let whenEnding: () -> Void

    func handle(_ batch: [HTTPIncomingRequest]) -> [HTTPResponse] { relay.handle(batch) }

    func nextParts() -> [HTTPStreamPart] { relay.nextParts() }

    func streamEnded(_ connectionID: UInt64) { relay.streamEnded(connectionID) }

    func wasSpared(_ failure: HTTPFailure, from peer: HTTPAddress) { relay.wasSpared(failure, from: peer) }

    func willEnd() {
        relay.willEnd()
        whenEnding()
    }
}

/// Stops a server from another thread or from a signal handler.
package final class RelayStopper: Sendable {
    private let stopper: HTTPServerStopper

    fileprivate init(stopper: HTTPServerStopper) {
        self.stopper = stopper
    }

    package func stop() { stopper.stop() }
}
