import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassHTTP
import CanvassHTTPServer
import CanvassRelay
import CanvassSQLite
import CanvassSimulator
import CanvassStore
import CanvassSurvey
import CanvassSync
import CanvassWire
import Synchronization

/// A relay is made, devices join, and their changes are committed.
struct RelayWorkload: PowerCutWorkload {
    let name = "relay"
    private let file = "relay"
    private let address = "http://relay.invalid"

    func run(on disk: CrashProcess, seed: UInt64, ledger: Ledger<Relay>, begin: () -> Void) async throws {
        begin()
        let relay = try relay(on: disk, seed: seed)
        try relay.setPublicURL(address)
        let transport = DirectTransport(relay)
        let admin = try await join(transport, InviteOrder(roles: ["admin"], name: "Dana"), seed: seed ^ 1, ledger)
        let campaign = try admin.replica.createCampaign(named: "Clinic visits")
        _ = try FieldReplica.publish(VisitSurvey.form, in: campaign, of: admin.replica)
        try await sync(admin, transport, ledger)
        let order = InviteOrder(campaign: "Clinic visits", roles: ["collector"], name: "Ana")
        let collector = try await join(transport, order, seed: seed ^ 2, ledger)
        try await sync(collector, transport, ledger)
        let survey = try collector.replica.survey(named: VisitSurvey.form.id)
        var visits = VisitSurvey(seed: seed)
        for _ in 1...4 {
            for _ in 1...2 { _ = try collector.replica.take(visits.answers(), to: survey) }
            try await sync(collector, transport, ledger)
        }
    }

    private struct Client {
        let replica: Replica
        let token: String
    }

    private func relay(on disk: CrashProcess, seed: UInt64) throws -> Relay {
        let random = Mutex(SplitMix64(seed: seed))
        var environment = RelayEnvironment(
            now: { 1_700_000_000_000 }, random: { random.withLock { $0.next() } }, log: .silent)
        environment.disk = disk
        return try Relay(path: file, environment: environment)
    }

    private func join(
        _ transport: DirectTransport, _ order: InviteOrder, seed: UInt64, _ ledger: Ledger<Relay>
    ) async throws -> Client {
        var environment = ReplicaEnvironment.fieldwork(seed: seed)
        environment.disk = CrashDisk(seed: seed).startProcess()
        let replica = try Replica.create(at: "replica", environment: environment)
        let invite = try transport.relay.invite(order)
        let joinKey = try replica.store.database.read { try $0.metaBytes(.joinKey) } ?? []
        let request = JoinRequest(
            invite: String(invite.link.split(separator: "#")[1]), device: replica.device, replica: replica.id,
            joinKey: joinKey, name: nil, language: nil)
        let answer = try await transport.join(request)
        try replica.store.database.write { connection in
            try connection.setMeta(.relay, .text(address))
            try connection.keep(answer)
        }
        let token = answer.token
        ledger.acknowledge("the device \(replica.device)") { relay in
            _ = try DirectTransport(relay).heldDots(of: [], token: token)
            return true
        }
        return Client(replica: replica, token: token)
    }

    /// Everything that the replica holds of scopes that it may read back is on the relay when this returns.
    private func sync(_ client: Client, _ transport: DirectTransport, _ ledger: Ledger<Relay>) async throws {
        let outcome = try await client.replica.sync(over: transport, token: client.token, relay: address)
        guard outcome.refused.isEmpty else { throw WorkloadFailure("refused: \(outcome.refused)") }
        let held = try client.replica.heldDots()
        let (token, scopes) = (client.token, Array(held.keys))
        ledger.acknowledge("\(held.values.map(\.count).reduce(0, +)) changes") { relay in
            try DirectTransport(relay).heldDots(of: scopes, token: token).holds(held)
        }
    }

    func open(on disk: CrashProcess) throws -> Relay { try relay(on: disk, seed: 1) }

    func findings(on disk: CrashProcess) throws -> [String] {
        let database = try Database(path: file, options: DatabaseOptions(mode: .readOnly, disk: disk))
        return try database.read { connection in
            var rows = try connection.prepare("PRAGMA integrity_check")
            var findings: [String] = []
            while try rows.step() { findings.append(rows.text(at: 0)) }
            return findings == ["ok"] ? [] : findings
        }
    }
}

/// The way to a relay that lies in the same process, without a socket.
private struct DirectTransport: RelayTransport {
    let relay: Relay

    init(_ relay: Relay) {
        self.relay = relay
    }

    func join(_ request: JoinRequest) async throws(SyncFailure) -> JoinAnswer {
        try ask("/v1/join", request, token: nil)
    }

    func sync(_ request: SyncRequest, token: String) async throws(SyncFailure) -> SyncAnswer {
        try ask("/v1/sync", request, token: token)
    }

    /// What a device that has nothing gets of some scopes.
    func heldDots(of scopes: [ScopeID], token: String) throws -> [ScopeID: Set<Dot>] {
        let request = SyncRequest(
            bookmark: nil, vectors: scopes.map { ScopeReport(scope: $0, vector: VersionVector(), digest: nil) },
            reports: [], push: [], roster: 0, clock: 0, pageBytes: 1 << 30)
        let answer: SyncAnswer = try ask("/v1/sync", request, token: token)
        guard !answer.more else { throw WorkloadFailure("the relay answers in several pages") }
        var dots: [ScopeID: Set<Dot>] = [:]
        for bytes in answer.segments {
            for change in try Segment(decoding: bytes).changes() { dots[change.scope, default: []].insert(change.dot) }
        }
        return dots
    }

    private func ask<Answer: Message>(
        _ path: String, _ message: some Message, token: String?
    ) throws(SyncFailure) -> Answer {
        var headers: HTTPHeaders = ["Content-Type": "application/cbor", "Accept": "application/cbor"]
        do {
            if let token { try headers.append("Authorization", "Bearer \(token)") }
        } catch {
            throw .invalidAnswer("\(error)")
        }
        let request = HTTPRequest(method: "POST", path: path, headers: headers, body: message.encoded())
        let responses = relay.handle([HTTPIncomingRequest(request: request, connectionID: 1, peer: HTTPAddress.none)])
        guard let response = responses.first, response.status == 200 else {
            throw .unreachable("status \(responses.first?.status ?? 0)")
        }
        do {
            return try Answer(decoding: response.body)
        } catch {
            throw .invalidAnswer(error.description)
        }
    }
}
