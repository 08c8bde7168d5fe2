import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassHTTPClient
import CanvassRelay
import CanvassSQLite
import CanvassStore
import CanvassSurvey
import Foundation
import TestSupport
import Testing

/// Files of every earlier schema, opened by the present program.
struct MigrationTests {
    private let folder: TemporaryFolder
    private let clock = TestClock()

    init() throws {
        folder = try TemporaryFolder()
    }

    private func environment(_ seed: UInt64, relay: TestRelay? = nil) -> ReplicaEnvironment {
        ReplicaEnvironment(clock, seed: seed, keeping: [folder] + (relay.map { [$0] } ?? []))
    }

    @Test func `every schema but the latest has a fixture`() throws {
        let replica = folder.path("new.canvass")
        try Replica.create(at: replica, environment: environment(1)).store.database.truncateLog()
        let relay = folder.url.appending(path: "relay")
        let served = try TestRelay(folder: relay, clock: clock, seed: 1)
        served.stop()
        let versions = [
            try SchemaFixture.schemaVersion(of: replica),
            try SchemaFixture.schemaVersion(of: relay.appending(path: "relay.sqlite").path),
        ]
        // The latest schema may still change until it is released; the one before it never does.
        let needed = try #require(versions.max()) - 1
        #expect(
            SchemaFixture.all.count >= needed,
            "Tests/Fixtures/Schema lacks the files of schema \(needed): make them with make.sh there and the programs of the commit before the schema was added"
        )
        #expect(SchemaFixture.all.count > 0)
    }

    @Test(arguments: SchemaFixture.all)
    func `a replica of an earlier schema is examined without being changed`(_ fixture: SchemaFixture) throws {
        let path = folder.path("old.canvass")
        try fixture.copyReplica(to: path)
        #expect(try SchemaFixture.schemaVersion(of: path) == fixture.version)
        let before = try Data(contentsOf: URL(filePath: path))
        let report = try Replica.examine(at: path)
        #expect(report.isSound, "\(report.findings)")
        #expect(report.changesRead == (try expectedScopes(fixture).reduce(0) { $0 + $1.changes }))
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(!left.contains { $0.contains("-doctor") })
    }

    @Test(arguments: SchemaFixture.all)
    func `a replica of an earlier schema holds what it held, and goes on`(_ fixture: SchemaFixture) async throws {
        let path = folder.path("old.canvass")
        try fixture.copyReplica(to: path)
        let relayFolder = folder.url.appending(path: "relay")
        try fixture.copyRelay(to: relayFolder)
        let relay = try TestRelay(folder: relayFolder, clock: clock, seed: 2)
        let replica = try Replica.open(at: path, environment: environment(3, relay: relay))
        try expectState(of: replica, fixture)
        let report = try replica.examine()
        #expect(report.isSound, "\(report.findings)")

        let outcome = try await sync(replica, relay)
        #expect(try outcome.pushed == fixture.count("unsent"))
        #expect(outcome.divergent.isEmpty && outcome.refused.isEmpty)
        #expect(try replica.status().unsynced == 0)
        // Whoever joins the old relay now sees the same, and what others had brought there before.
        let late = try Replica.create(at: folder.path("late.canvass"), environment: environment(4, relay: relay))
        try await late.join(relay.invite(InviteOrder(campaign: "visits", roles: ["reviewer"], name: "Late")))
        try await late.sync()
        #expect(try late.status().responses == fixture.count("responsesAtRelay"))
        #expect(try agreement(late, replica).differing.isEmpty)
        #expect(try late.conflicts().map(\.id) == replica.conflicts().map(\.id))
        // Both write on.
        let survey = try replica.survey(named: "field")
        _ = try replica.record(Answers([.init("score", .integer(10))]), to: survey)
        for conflict in try late.conflicts() { try late.settle(conflict, with: conflict.candidates[0].value) }
        for person in [replica, late, replica] { _ = try await sync(person, relay) }
        #expect(try agreement(late, replica).differing.isEmpty)
        #expect(try replica.conflicts().isEmpty)
        #expect(try replica.status().responses == fixture.count("responsesAtRelay"))
        #expect(try replica.examine().isSound && late.examine().isSound)
    }

    private func sync(_ replica: Replica, _ relay: TestRelay) async throws -> SyncOutcome {
        let transport = try #require(HTTPTransport(address: relay.url))
        return try await replica.sync(over: transport, token: replica.token ?? "", relay: relay.url)
    }

    private func expectState(of replica: Replica, _ fixture: SchemaFixture) throws {
        let status = try replica.status()
        let scopes = status.scopes.map {
            ExpectedScope(
                scope: $0.id.description, changes: $0.changes, unsynced: $0.unsynced, digest: $0.digest.description,
                vector: $0.vector)
        }
        #expect(scopes == (try expectedScopes(fixture)))
        let forked = try #require(fixture.expected["forked"]?.listValue).map(\.textValue)
        #expect(status.forked.map(\.description) == forked)
        #expect(try !forked.isEmpty && fixture.count("quarantined") > 0)
        #expect(
            try replica.query("SELECT count(*) FROM quarantine").rows == [
                [
                    .integer(Int64(fixture.count("quarantined")))
                ]
            ])
        let survey = try replica.survey(named: "field")
        let responses = try replica.responses(to: survey).sorted { $0.id < $1.id }
        let expected = try #require(fixture.expected["responses"]?.listValue)
        #expect(responses.map(\.id.description) == expected.map { $0["id"]?.textValue ?? "" })
        for (response, expected) in zip(responses, expected) {
            #expect(response.answers.value == expected["answers"])
            #expect(response.findings.count == Int(expected["findings"]?.integerValue ?? -1))
        }
        let conflicts = try replica.conflicts()
        let expectedConflicts = try #require(fixture.expected["conflicts"]?.listValue)
        #expect(conflicts.map(\.id) == expectedConflicts.map { $0["id"]?.textValue ?? "" })
        #expect(conflicts.map { $0.candidates.map(\.value) } == expectedConflicts.map { $0["values"]?.listValue ?? [] })
        #expect(!conflicts.isEmpty)
    }

    private struct ExpectedScope: Equatable {
        let scope: String
        let changes: Int
        let unsynced: Int
        let digest: String
        let vector: String
    }

    private func expectedScopes(_ fixture: SchemaFixture) throws -> [ExpectedScope] {
        try #require(fixture.expected["scopes"]?.listValue).map { scope in
            ExpectedScope(
                scope: scope["scope"]?.textValue ?? "", changes: Int(scope["changes"]?.integerValue ?? -1),
                unsynced: Int(scope["unsynced"]?.integerValue ?? -1), digest: scope["digest"]?.textValue ?? "",
                vector: scope["vector"]?.textValue ?? "")
        }
    }
}
