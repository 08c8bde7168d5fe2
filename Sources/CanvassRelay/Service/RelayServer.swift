import CanvassHTTP

/// A relay that listens. It belongs to the thread that runs it.
package final class RelayServer {
    private let server: HTTPServer
    private var relay: Relay
    /// Where it listens: "http://127.0.0.1:8787".
    package let url: String
    /// Ends `run`, from any thread.
    package let stopper: RelayStopper

    /// Listens from now on, and answers once `run` is called.
    ///
    /// - Parameter port: 0 lets the system choose.
    /// - Throws: `HTTPServerError`, with a remedy, when the address cannot be had.
    package init(relay: Relay, host: String, port: UInt16) throws {
        server = try HTTPServer()
        url = "http://\(try server.bind(host: host, port: port))"
        self.relay = relay
        stopper = RelayStopper(stopper: server.stopper)
    }

    /// Serves until it is stopped and what was under way is answered.
    package func run() throws {
        try server.run(&relay)
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
