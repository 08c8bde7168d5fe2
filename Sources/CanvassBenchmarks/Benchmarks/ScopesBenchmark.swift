import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassStore
import CanvassTrials
import CanvassWire
import Foundation

/// What a sync costs somebody who reads many scopes: where nothing is new, and where one change is.
///
/// A campaign of collectors, each with a scope of responses that holds one. One reviewer writes, which the rules allow, and
/// another reads.
struct ScopesBenchmark: Benchmark {
    let name = "scopes"
    let summary = "a sync with nothing new and one of one change, with 1 to 10,000 scopes"

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        guard let executable = session.executable("canvass-relay") else {
            return outcome.skip("syncs", because: BenchmarkSession.relayIsAbsent)
        }
        let folder = try session.scratch.makeFolder()
        try await RelayProcess.serving(executable, in: folder) { relay in
            let office = try await FieldOffice(VisitSurvey.form, at: relay, in: folder)
            var round = ScopesRound(
                relay: relay, writer: try await office.join("reviewer"), reader: try await office.join("reviewer"),
                raw: try RawDatabase(at: folder.appending(path: "raw.sqlite")))
            for count in session.isQuick ? [1, 100] : [1, 100, 1_000, 10_000] {
                try session.checkInterrupt()
                try await round.raise(to: count, by: office)
                try await round.measure(session, into: &outcome)
            }
        }
    }
}

/// Two reviewers of a campaign with so many scopes.
private struct ScopesRound: ~Copyable {
    let relay: RelayProcess
    let writer: Replica
    let reader: Replica
    private var raw: RawDatabase
    private var committed = 0
    private var scopes: [ScopeID] = []
    private var clockMilliseconds: Int64 = 1_700_000_000_000
    private var random = SystemRandomNumberGenerator()

    init(relay: RelayProcess, writer: Replica, reader: Replica, raw: consuming RawDatabase) {
        self.raw = raw
        self.relay = relay
        self.writer = writer
        self.reader = reader
    }

    /// Adds collectors, and a response in the scope of each.
    mutating func raise(to count: Int, by office: FieldOffice) async throws {
        let new = count - scopes.count
        let invite = try await relay.invite("collector", to: FieldOffice.campaign, uses: new)
        let members = try LoadDevice.join(new, by: invite, first: scopes.count, port: relay.port).map(\.member)
        scopes += members.map { ScopeID(.responses, $0) }
        // The writer has to know of the scopes before it may push to them.
        try await writer.sync()
        try writer.store.commit(
            scopes.suffix(new).map { response(in: $0) }, clockMilliseconds: clockMilliseconds)
        let pushed = try await writer.sync()
        guard pushed.pushed == new, pushed.refused.isEmpty else {
            throw WrongResult("\(pushed.pushed) of \(new) were pushed; refused: \(pushed.refused.prefix(3))")
        }
        let pulled = try await reader.sync()
        guard pulled.received >= new else { throw WrongResult("\(pulled.received) of \(new) were pulled") }
        // Once more each, so that everything is told on both sides.
        for replica in [writer, reader] { try await replica.sync() }
    }

    mutating func measure(_ session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        let what = scopes.count == 1 ? "1 scope" : "\(FigureUnit.grouped(scopes.count)) scopes"
        var idle = Samples()
        var one = Samples()
        var asked = Samples()
        for _ in 0..<session.rounds(10, quick: 3) {
            try session.checkInterrupt()
            try await write()
            let start = ContinuousClock.now
            let received = try await reader.sync().received
            one.add(start.secondsUntilNow)
            guard received == 1 else { throw WrongResult("\(received) changes came") }
            // Tells the relay what came of it, which is no sync with nothing new yet.
            try await reader.sync()
            let idleStart = ContinuousClock.now
            let nothing = try await reader.sync().received
            idle.add(idleStart.secondsUntilNow)
            guard nothing == 0 else { throw WrongResult("\(nothing) changes came") }
            let asking = ContinuousClock.now
            try askAndCommit()
            asked.add(asking.secondsUntilNow)
        }
        let idleBytes = try await reader.bytesOfSync(port: relay.port)
        try await write()
        let oneBytes = try await reader.bytesOfSync(port: relay.port)
        let anchor = Figure.Anchor(name: "GET /healthz, a raw FULL commit", samples: asked)
        for (name, samples, bytes) in [("nothing new", idle, idleBytes), ("one change", one, oneBytes)] {
            outcome.add(Figure(name: "\(name), \(what)", unit: .seconds, samples: samples, anchor: anchor))
            for (direction, count) in [("sent", bytes.sent), ("received", bytes.received)] {
                outcome.add(
                    Figure(
                        name: "\(name), \(what), bytes \(direction)", unit: .bytes, samples: Samples([Double(count)])))
            }
        }
    }

    /// One change in a scope, which the relay then has.
    private mutating func write() async throws {
        try writer.store.commit(
            [response(in: scopes[Int.random(in: scopes.indices, using: &random)])],
            clockMilliseconds: clockMilliseconds)
        let pushed = try await writer.sync().pushed
        guard pushed == 1 else { throw WrongResult("\(pushed) changes were pushed") }
    }

    /// A connection, a request that costs the relay next to nothing, and a durable row: the least that a sync could be.
    private mutating func askAndCommit() throws {
        let request = Array("GET /healthz HTTP/1.1\r\nHost: relay\r\n\r\n".utf8)
        var line = try LoadGenerator(connections: 1, port: relay.port)
        try line.run { _, answer in answer == nil ? request : nil }
        try raw.commit([StoredRow.short(committed)])
        committed += 1
    }

    private mutating func response(in scope: ScopeID) -> Edit {
        clockMilliseconds += 60_000
        let id = EntityID(milliseconds: clockMilliseconds, using: &random)
        let operation = Operation(.put(.text("the ramp is missing")), field: "comment")
        return Edit(
            scope: scope,
            edits: [EntityEdit(kind: EntityKind.response.rawValue, entity: id, operations: [operation])])
    }
}
