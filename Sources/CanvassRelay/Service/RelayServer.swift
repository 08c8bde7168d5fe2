import CanvassHTTPServer

/// A socket that listens, before there is a relay behind it: who connects meanwhile waits.
package final class RelayListener {
    fileprivate let server: HTTPServer
    /// Where it listens: "http://127.0.0.1:8787".
    package let url: String

    /// - Parameter port: 0 lets the system choose.
    /// - Throws: `HTTPServerError`, with a remedy, when the address cannot be had.
    package init(host: String, port: UInt16) throws {
        server = try HTTPServer()
        url = "http://\(try server.bind(host: host, port: port))"
    }
}

/// A relay that listens. It belongs to the thread that runs it.
package final class RelayServer {
    private let listener: RelayListener
    private var relay: Relay
    /// Ends `run`, from any thread.
    package let stopper: RelayStopper

    package init(relay: Relay, listener: RelayListener) {
        self.relay = relay
        self.listener = listener
        stopper = RelayStopper(stopper: listener.server.stopper)
    }

    /// Listens from now on, and answers once `run` is called; see `RelayListener`.
    package convenience init(relay: Relay, host: String, port: UInt16) throws {
        self.init(relay: relay, listener: try RelayListener(host: host, port: port))
    }

    package var url: String { listener.url }

    /// Serves until it is stopped and what was under way is answered.
    package func run() throws {
        try listener.server.run(&relay)
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
