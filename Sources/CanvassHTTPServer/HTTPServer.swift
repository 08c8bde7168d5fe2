import CanvassHTTP

/// An HTTP/1.1 server on one thread: the one that calls `run`.
///
/// Each turn of the loop reads what has come, parses it, hands all complete requests to the handler at once, and writes
/// the answers when the handler returns. One commit can so cover a turn.
///
///     let server = try HTTPServer()
///     let address = try server.bind(host: "127.0.0.1", port: 8080)
///     try server.run(&handler)   // until server.stopper.stop()
///
/// Invariants:
/// 1. A connection is touched by the parser once a turn, and answered in the order of its requests.
/// 2. Nothing is read from a connection that has output waiting, requests unparsed, or its last answer behind it.
/// 3. `nextSweep` is never later than the earliest deadline, rounded up to `sweepInterval`.
/// 4. An idle connection holds its `Connection` and nothing else; so does one that streams.
/// 5. A connection that streams is answered no more: what it sends is thrown away.
///
///     idle → head → body → (handled) → writing → idle, or streaming ⇄ writing
///       └──────┴──────┴───────────────────┴────→ lingering → closed
package final class HTTPServer {
    /// One connection's share in a turn: how many of the batch are its own, and what follows their answers.
    struct Share {
        enum Tail {
            case nothing
            case continueMessage
            case failure(HTTPFailure)
        }

        var connection: Connection
        var requestCount: Int
        var tail: Tail
    }

    /// How far deadlines may be missed, so that looking at all connections stays rare.
    static let sweepInterval = Duration.milliseconds(20)
    /// How long accepting rests when the system is out of descriptors.
    static let exhaustionPause = Duration.milliseconds(100)
    /// Larger bodies are sent from where they lie instead of being copied behind their head.
    static let largestCopiedBody = 32 << 10
    /// How often the handler is asked for more of its streams while nothing is asked of it: another process may have
    /// something for them.
    static let streamInterval = Duration.milliseconds(250)
    /// How long after it was asked it is asked again because it has answered requests: what comes in close together goes
    /// out together.
    static let shortestStreamInterval = Duration.milliseconds(20)
    /// Connections accepted in one turn, so that a flood of them does not hold up those that are open.
    static let arrivalsPerTurn = 128

    let configuration: HTTPServerConfiguration
    let clock: HTTPClock
    /// Ends `run`.
    package let stopper: HTTPServerStopper
    /// Tells it of what its handler did not do itself.
    package let bell: HTTPServerBell
    /// What it counts.
    package let statistics = HTTPServerStatistics()
    var poller: Poller
    let stopToken: UInt64 = 0
    private let bellToken = UInt64.max
    var lastToken: UInt64 = 0

    /// Empty once the server drains.
    var listeners: [Listener] = []
    var isAcceptingPaused = false
    var resumesAccepting = Duration.zero

    var connections: [UInt64: Connection] = [:]
    var backlog: [UInt64] = []
    var batch: [HTTPIncomingRequest] = []
    var shares: [Share] = []
    /// What the compressed bodies of this turn have become.
    var decodedByteCount = 0
    var incompleteRequestBytes = 0
    /// What this turn answered without the handler.
    var refusals: [(failure: HTTPFailure, peer: HTTPAddress)] = []
    var counts = HTTPServerStatistics.Counts()

    var streamCount = 0
    /// When the handler is asked next for more; nil while nothing streams.
    var nextParts: Duration?
    /// When the handler was asked last for more.
    var lastParts = Duration.zero
    /// Streams that ended since the handler last heard of any.
    var endedStreams: [UInt64] = []

    var now: Duration
    var nextSweep: Duration?
    /// Set once `stop()` was heard.
    var drainDeadline: Duration?

    /// Shared by all connections: what is read goes on to a parser, what is written to a socket.
    var readBuffer = [UInt8](repeating: 0, count: 64 << 10)
    var writeBuffer: [UInt8] = []
    var date: (unixSeconds: Int64, bytes: [UInt8])

    /// - Throws: `HTTPServerError` when the system gives no epoll or eventfd.
    package init(
        configuration: HTTPServerConfiguration = HTTPServerConfiguration(), clock: HTTPClock = .system
    ) throws(HTTPServerError) {
        self.configuration = configuration
        self.clock = clock
        stopper = try HTTPServerStopper()
        bell = try HTTPServerBell()
        poller = try Poller(capacity: 256)
        now = clock.monotonic()
        let seconds = clock.unixSeconds()
        date = (seconds, HTTPDate.bytes(unixSeconds: seconds))
        try poller.add(stopper.signal.descriptor, token: stopToken, interest: .reading)
        try poller.add(bell.signal.descriptor, token: bellToken, interest: .reading)
    }

    /// Listens on an address, which clients can connect to from now on. May be called for several addresses.
    ///
    /// - Parameters:
    ///   - host: an IPv4 or IPv6 address or a name of this machine.
    ///   - port: 0 lets the system choose.
    /// - Returns: the address with the port that was chosen.
    /// - Throws: `HTTPServerError` when the address is not this machine's or the port is taken.
    package func bind(host: String, port: UInt16) throws(HTTPServerError) -> HTTPAddress {
        lastToken += 1
        let listener = try Listener(token: lastToken, host: host, port: port)
        try poller.add(listener.descriptor, token: listener.token, interest: .reading)
        listeners.append(listener)
        return listener.address
    }

    /// Serves until `stopper.stop()` is called and the connections that were busy then have been answered, or
    /// `drainDeadline` has passed. A server runs once.
    ///
    /// - Throws: `HTTPServerError` when the system fails in a way that no client can cause.
    package func run(_ handler: inout some HTTPHandler) throws(HTTPServerError) {
        precondition(!isDraining, "a server runs once")
        while !isDraining || !connections.isEmpty {
            let eventCount = try poller.wait(milliseconds: waitMilliseconds())
            now = clock.monotonic()
            let waiting = backlog
            backlog = []
            for index in 0..<eventCount { try respond(toEventOf: poller.token(at: index)) }
            for id in waiting { connections[id].map(collect) }
            answer(&handler)
            if isDraining, !listeners.isEmpty {
                handler.willEnd()
                try beginDraining()
                answer(&handler)
            }
            stream(&handler)
            sweep()
            reportRefusals(to: &handler)
            try resumeAccepting()
            if let drainDeadline, now >= drainDeadline { connections = [:] }
        }
    }

    private func respond(toEventOf token: UInt64) throws(HTTPServerError) {
        if let connection = connections[token] {
            switch connection.phase {
            case .idle, .head, .body:
                if !connection.hasBacklog { receive(connection) }
            case .writing:
                if connection.flush() { settle(connection, restarting: false) } else { close(connection) }
            case .lingering, .streaming:
                discard(connection)
            }
        } else if token == stopToken {
            drainDeadline = now + configuration.drainDeadline
        } else if token == bellToken {
            bell.signal.clear()
            hastenStreams()
        } else if let listener = listeners.first(where: { $0.token == token }) {
            try accept(from: listener)
        }
    }

    /// How long nothing can become due: 0 while requests wait to be parsed, -1 when there is no deadline at all.
    private func waitMilliseconds() -> Int32 {
        guard backlog.isEmpty else { return 0 }
        var due = nextSweep
        if isAcceptingPaused, connections.count < configuration.connectionCount {
            due = min(due ?? resumesAccepting, resumesAccepting)
        }
        if let nextParts { due = min(due ?? nextParts, nextParts) }
        if let drainDeadline { due = min(due ?? drainDeadline, drainDeadline) }
        guard let due else { return -1 }
        // Rounded up: waking early would only mean waiting again.
        return Int32(min(max((due - now) / .milliseconds(1), 0), 60_000).rounded(.up))
    }
}
