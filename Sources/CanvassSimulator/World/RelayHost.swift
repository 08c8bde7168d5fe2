import CanvassCRDT
import CanvassCoding
import CanvassHTTP
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
    var fault: DiskFault?
    let surroundings: Surroundings
    private(set) var relay: Relay?
    private var reader: Database?
    private(set) var entries: [Entry] = []
    private(set) var held: Holdings = [:]
    /// What it said it holds: kept outside the system.
    var acknowledged: Holdings = [:]
    var copy: (image: DiskImage, acknowledged: Holdings)?
    /// As it lies in the log: what somebody could have seen on the wire.
    private(set) var lastSegment: [UInt8]?
    private var connections: UInt64 = 0

    init(machine: Machine, seed: UInt64) {
        self.machine = machine
        surroundings = Surroundings(seed: seed)
    }

    func start() throws {
        let process = machine.disk.startProcess()
        var environment = surroundings.environment
        environment.disk = process
        self.process = process
        relay = try Relay(path: Machine.database, environment: environment)
        reader = try Database(
            path: Machine.database, options: DatabaseOptions(mode: .readOnly, disk: machine.disk.startProcess()))
        entries = []
        held = [:]
    }

    var hasCrashed: Bool { process?.isStopped ?? true }

    func arm(_ fault: DiskFault?) {
        self.fault = fault
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
        }
        return changes
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
        try store.database.write { connection in
            try connection.setMeta(.token, .text(answer.token))
            try connection.setMeta(.deviceKey, .blob(answer.deviceKey))
            try connection.setMeta(.organisation, .blob(answer.organisation.bytes))
        }
        return answer
    }
}
