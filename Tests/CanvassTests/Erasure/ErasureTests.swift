import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSurvey
import Foundation
import TestSupport
import Testing

struct ErasureTests {
    private func load(_ csv: String, into replica: Replica) throws -> ResponseImportOutcome {
        var reader = try CSVReader(Array(csv.utf8))
        return try replica.importResponses(from: &reader, to: replica.visit)
    }

    @Test func `an erased response is nowhere to be seen, and no import brings it back`() async throws {
        let world = try World()
        _ = try await world.designer()
        let cora = try await world.join("Cora", ["collector"])
        let csv = "recommend,comment\n9,keep this\n1,erase this\n"
        #expect(try load(csv, into: cora).added == 2)
        let response = try #require(
            try cora.responses(to: cora.visit).first { $0.answers["comment"] == "erase this" })
        _ = try cora.edit(response, setting: [.init("recommend", 2)])
        let order = try cora.erase(response: response.id.description)
        #expect(order.wasHere)
        #expect(order.scope == ScopeID(.responses, response.collector))
        #expect(try cora.responses(to: cora.visit).map { $0.answers["comment"] } == ["keep this"])
        #expect(try cora.status().responses == 1)
        #expect(
            failure { _ = try cora.response(named: response.id.description) }?.message.contains("was erased") == true)
        #expect(failure { _ = try cora.history(ofResponse: response.id.description) }?.code == .notFound)
        #expect(failure { try cora.erase(response: response.id.description) }?.code == .notFound)
        #expect(
            failure { _ = try cora.edit(response, setting: [.init("recommend", 3)], allowsFindings: true) }?.code
                == .notFound)
        let again = try load(csv, into: cora)
        #expect(again.added == 0 && again.known == 1 && again.erased == 1)
        #expect(try cora.responses(to: cora.visit).count == 1)
        let erasure = try #require(try cora.erasures().first)
        #expect(erasure.id == order.id)
        #expect(erasure.author == "Cora")
        #expect(!erasure.isAtRelay && !erasure.isDone)
        #expect(try cora.status().openErasures == 1)
    }

    @Test func `the member who collected may erase, and an admin, and nobody else`() async throws {
        let world = try World()
        let dana = try await world.designer()
        let cora = try await world.join("Cora", ["collector"], team: "north")
        let sam = try await world.join("Sam", ["supervisor"], team: "north")
        let response = try cora.take(9)
        try await settleAll(cora, sam)
        let id = response.id.description
        #expect(try sam.responses(to: sam.visit).count == 1)
        #expect(failure { try sam.erase(response: id) }?.code == .notPermitted)
        #expect(try sam.responses(to: sam.visit).count == 1)
        // An admin does not see responses, and has to name it whole.
        #expect(failure { try dana.erase(response: String(id.prefix(20))) }?.code == .notFound)
        let order = try dana.erase(response: id)
        #expect(!order.wasHere)
        #expect(order.scope.kind == .roster)
        #expect(try dana.erasures().map(\.id) == [order.id])
        let lone = try world.replica("Lone")
        #expect(failure { try lone.erase(response: id) }?.code == .notFound)
    }

    @Test func `what the relay has marked is gone from the file, and status tells what had no effect`() async throws {
        let world = try World()
        _ = try await world.designer()
        let cora = try await world.join("Cora", ["collector"])
        let response = try cora.take(9, .init("comment", "needle in a file"))
        let scope = ScopeID(.responses, response.collector)
        let changes = try cora.store.database.query(
            "SELECT sequence, \"check\" FROM change JOIN scope ON scope.id = change.scope WHERE scope.kind = 'responses'"
        ).rows
        let dots = try changes.map { row in
            guard case .integer(let sequence) = row[0], case .integer(let check) = row[1] else {
                throw StoreError.damaged("a row")
            }
            return Dot(replica: cora.id, sequence: UInt64(sequence), check: UInt64(bitPattern: check))
        }
        let organisation = try #require(try cora.store.database.read { try $0.metaBytes(.organisation) })
        let author = try EntityID(bytes: organisation)
        let head = ChangeHead(contextDifference: VersionVector(), stamp: Stamp(milliseconds: 0), author: author)
        let relay = ReplicaID(rawValue: 9)
        let mark = Change(
            scope: scope, replica: relay, sequence: 1, previous: ChainHash.start(scope: scope, replica: relay),
            head: head.encoded,
            body: ChangeBody(edits: [EntityEdit.marks(on: dots.map { ($0, MarkReason.erased) }, by: author)]).encoded)
        try cora.store.apply([mark])
        #expect(try cora.responses(to: cora.visit).isEmpty)
        var status = try cora.status()
        #expect(status.void.map(\.reason) == ["erased"])
        #expect(status.void.map(\.count) == [1])
        #expect(status.hasRemains)
        #expect(try cora.store.removeRemains())
        status = try cora.status()
        #expect(!status.hasRemains)
        #expect(status.quarantine.isEmpty)
        for file in try FileManager.default.contentsOfDirectory(at: world.folder.url, includingPropertiesForKeys: nil)
        where file.lastPathComponent.hasPrefix("Cora.canvass") {
            #expect(try Data(contentsOf: file).range(of: Data("needle in a file".utf8)) == nil)
        }
    }

    @Test func `what is void for another reason is kept apart, with the reason in words`() async throws {
        let counted = VoidChanges(reason: "revoked", count: 2)
        #expect(counted.why == "the device that made them had been revoked")
        #expect(VoidChanges(reason: "erased", count: 1).why == "what it is about was erased")
        #expect(VoidChanges(reason: "erased", count: 2).why == "what they are about was erased")
        #expect(VoidChanges(reason: "solar flare", count: 1).why.contains("solar flare"))
    }
}
