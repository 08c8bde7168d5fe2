import CanvassCRDT
import CanvassCoding
import CanvassHTTP
import CanvassHTTPServer
import CanvassRelay
import CanvassSQLite
import CanvassStore
import CanvassSync
import CanvassWire
import Synchronization

/// The machine of the relay: the real relay over its disk, and what it acknowledged.
final class RelayHost {
    /// One segment of its log.
    struct Entry {
        let position: Int64
        let rollingHash: [UInt8]
        let scope: ScopeID
        let dots: [Dot]
    }

    /// What the relay takes from outside, in a form that it may keep.
    final class Surroundings: Sendable {
        private struct State {
            var milliseconds: Int64 = 0
            var random: SplitMix64
            var lines: [String] = []
        }

        private let state: Mutex<State>

        init(seed: UInt64) { state = Mutex(State(random: SplitMix64(seed: seed))) }

        func setClock(_ milliseconds: Int64) { state.withLock { $0.milliseconds = milliseconds } }

        /// What was logged since the last time.
        func takeLines() -> [String] {
            state.withLock { state in
                defer { state.lines = [] }
                return state.lines
            }
        }

        var environment: RelayEnvironment {
            RelayEnvironment(
                now: { self.state.withLock { $0.milliseconds } },
                random: { self.state.withLock { $0.random.next() } },
                log: RelayLog(level: .error) { line in self.state.withLock { $0.lines.append(line) } })
        }
    }

    let machine: Machine
    private(set) var process: CrashProcess?
    /// What the process meets at one of its next operations.
    private(set) var fault: DiskFault?
    /// Whether its disk ever failed: an answer that says so may come late.
    private(set) var hasFailed = false
    let surroundings: Surroundings
    private(set) var relay: Relay?
    private var reader: Database?
    private(set) var entries: [Entry] = []
    private(set) var held: Holdings = [:]
    /// Those that the relay wrote with.
    private(set) var replicas: Set<ReplicaID> = []
    private var sheet: RecoverySheet?
    /// What it said it holds: kept outside the system.
    var acknowledged: Holdings = [:]
    var copy: (image: DiskImage, acknowledged: Holdings)?
    /// As it lies in the log: what somebody could have seen on the wire.
    private(set) var lastSegment: [UInt8]?
    private(set) var seen: [[UInt8]] = []
    private var connections: UInt64 = 0

    init(machine: Machine, seed: UInt64) {
        self.machine = machine
        surroundings = Surroundings(seed: seed)
    }

    /// - Parameter sheet: of the relay that a new one takes the place of.
    func start(recovering sheet: RecoverySheet? = nil) throws {
        let process = machine.disk.startProcess()
        var environment = surroundings.environment
        environment.disk = process
        self.process = process
        let relay = try Relay(path: Machine.database, recovering: sheet, environment: environment)
        self.relay = relay
        self.sheet = relay.recoverySheet
        reader = try Database(
            path: Machine.database, options: DatabaseOptions(mode: .readOnly, disk: machine.disk.startProcess()))
        entries = []
        held = [:]
        if let replica = try readReplica() { replicas.insert(replica) }
    }

    private func readReplica() throws -> ReplicaID? {
        try reader?.read { connection in
            var statement = try connection.cached("SELECT value FROM meta WHERE name = 'replica'")
            guard try statement.step() else { return nil }
            return ReplicaID(rawValue: UInt64(bitPattern: statement.int64(at: 0)))
        }
    }

    /// Begins again from an image, as `canvass-relay restore` does; without one as with the recovery sheet alone.
    func restart(from image: DiskImage?) throws {
        stop()
        machine.replace(with: image ?? DiskImage())
        try start(recovering: image == nil ? sheet : nil)
        guard image != nil else { return }
        let verification = try relay?.takeOverFromBackup()
        if let finding = verification?.findings.first {
            throw SimulationFailure(.rebuild, "the backup of the relay is damaged: \(finding)")
        }
        stop()
        try start()
    }

    var hasCrashed: Bool { process?.isStopped ?? true }

    func arm(_ fault: DiskFault?) {
        self.fault = fault
        if fault != nil { hasFailed = true }
        guard let process else { return }
        fault?.arm(process) ?? process.disarm()
    }

    /// Ends the process, if it is still there.
    func stop() {
        process?.stop()
        process = nil
        fault = nil
        relay = nil
        reader = nil
    }

    /// Reads requests as they come from sockets, answers all that are whole in one turn, and writes the answers.
    ///
    /// - Parameter inputs: for each connection its bytes, in pieces.
    /// - Returns: for each connection the bytes of its answer; nil where there is none.
    func turn(_ inputs: [[ArraySlice<UInt8>]], unixSeconds: Int64) -> [[UInt8]?] {
        guard let relay else { return inputs.map { _ in nil } }
        var batch: [HTTPIncomingRequest] = []
        var places: [Int] = []
        var answers = [[UInt8]?](repeating: nil, count: inputs.count)
        for (index, pieces) in inputs.enumerated() {
            var parser = HTTPRequestParser()
            for piece in pieces { parser.feed(Array(piece).span) }
            connections += 1
            switch parser.next() {
            case .request(let request):
                batch.append(
                    HTTPIncomingRequest(request: request, connectionID: connections, peer: HTTPAddress.none))
                places.append(index)
            case .failure(let failure):
                answers[index] = HTTPText.response(
                    .problem(status: failure.status, detail: failure.reason), unixSeconds: unixSeconds)
            case .needMore, .expectContinue: continue
            }
        }
        let responses = batch.isEmpty ? [] : relay.handle(batch)
        for (place, response) in zip(places, responses) {
            answers[place] = HTTPText.response(response, unixSeconds: unixSeconds)
        }
        return answers
    }

    /// Reads what was added to the log since the last time.
    ///
    /// - Returns: the changes of each new segment, in order.
    func readLog() throws -> [Change] {
        guard let reader else { return [] }
        let last = entries.last?.position ?? 0
        let rows = try reader.read { connection in
            var statement = try connection.cached(
                "SELECT position, rolling_hash, bytes FROM segment WHERE position > ?1 ORDER BY position")
            try statement.bind(last, at: 1)
            var rows: [(position: Int64, rollingHash: [UInt8], bytes: [UInt8])] = []
            while try statement.step() {
                rows.append((statement.int64(at: 0), statement.bytes(at: 1), statement.bytes(at: 2)))
            }
            return rows
        }
        var changes: [Change] = []
        for row in rows {
            let segment = try Segment(decoding: row.bytes)
            let decoded = try segment.changes()
            entries.append(
                Entry(
                    position: row.position, rollingHash: row.rollingHash, scope: segment.scope,
                    dots: decoded.map(\.dot)))
            for change in decoded { held[change.scope, default: []].insert(change.dot) }
            changes += decoded
            lastSegment = row.bytes
            // What a forger may have kept, from before the relay lost it.
            if seen.count < 400 { seen.append(row.bytes) }
        }
        return changes
    }

    /// Everything in its log, as it lies there now.
    func readSegments() throws -> [Segment] {
        guard let reader else { return [] }
        return try reader.read { connection in
            var statement = try connection.cached("SELECT bytes FROM segment ORDER BY position")
            var segments: [Segment] = []
            while try statement.step() { segments.append(try Segment(decoding: statement.bytes(at: 0))) }
            return segments
        }
    }

    func acknowledge(_ change: Change) { acknowledged[change.scope, default: []].insert(change.dot) }
}

extension RelayHost {
    /// Asks over a network that does nothing to the messages.
    ///
    /// - Throws: `SyncFailure`.
    func ask<Answer: Message>(_ path: String, token: String? = nil, _ message: some Message) throws -> Answer {
        let bytes = HTTPText.request(path: path, token: token, body: message.encoded())
        guard let reply = turn([[bytes[...]]], unixSeconds: 0)[0].flatMap(HTTPReply.init) else {
            throw SyncFailure.unreachable("the relay is down")
        }
        return try Answer(status: reply.status, contentType: reply.contentType, body: reply.body)
    }

    /// Lets a device that has an invite join.
    func enrol(_ store: ReplicaStore, _ order: InviteOrder) throws -> JoinAnswer {
        guard let relay else { throw SyncFailure.unreachable("the relay is down") }
        let link = try relay.invite(order).link
        let joinKey = try store.database.read { connection in try connection.metaBytes(.joinKey) ?? [] }
        let answer: JoinAnswer = try ask(
            "/v1/join",
            JoinRequest(
                invite: String(link.split(separator: "#").last ?? ""), device: store.device, replica: store.replica,
                joinKey: joinKey, name: nil, language: nil))
        try store.database.write { try $0.keep(answer) }
        return answer
    }

    /// Lets a device come back with its certificate that the relay does not know any more.
    ///
    /// - Throws: `SyncFailure`.
    func enrolAgain(_ store: ReplicaStore) throws -> JoinAnswer {
        let (joinKey, certificate) = try store.database.read { connection in
            (try connection.metaBytes(.joinKey) ?? [], try connection.metaBytes(.certificate))
        }
        return try ask(
            "/v1/join",
            JoinRequest(
                invite: "", device: store.device, replica: store.replica, joinKey: joinKey, name: nil, language: nil,
                certificate: certificate))
    }
}
