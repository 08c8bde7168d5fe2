import CanvassCRDT
import CanvassCoding
import CanvassRelay
import CanvassWire
import Foundation
import TestSupport
import Testing

/// Files of every earlier schema version: each was made by a relay of its time.
@Suite(.enabled(if: !TestRelay.isOnPostgres, "there was no other store then")) struct MigrationTests {
    /// Of the collector in the file.
    private static let token = "KTBTATYS2X6SFCM6YSVRGZZPB4"

    @Test func `a relay of schema version 1 goes on`() throws {
        let fixture = try #require(
            Bundle.module.url(forResource: "relay-version-1", withExtension: "sqlite", subdirectory: "Fixtures"))
        let relay = try TestRelay(seed: 3)
        relay.stop()
        try FileManager.default.createDirectory(
            at: relay.folder.url.appending(path: "old"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: fixture, to: relay.folder.url.appending(path: "old").appending(path: "relay.sqlite"))
        try relay.restoreFiles(from: "old")
        let request = SyncRequest(
            bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: relay.now, pageBytes: 1 << 20)
        let answer = try relay.post(
            "/v1/sync", request.encoded(),
            headers: ["Content-Type": "application/cbor", "Authorization": "Bearer \(Self.token)"])
        #expect(answer.status == 200)
        let page = try SyncAnswer(decoding: answer.body)
        #expect(page.roster?.people.map(\.name) == ["Ada"])
        #expect(try page.decoded().contains { $0.scope.kind == .design })
        #expect(page.rosterSeal.flatMap { RosterSeal(unchecked: $0) }?.changeCount == 4)
        #expect(page.seals.count == page.scopes.count)
        let reviewer = try relay.device("reviewer", campaign: "Winter")
        #expect(try #require(try reviewer.sync().roster).people.count == 2)
    }
}
