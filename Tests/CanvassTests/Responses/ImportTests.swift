import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassInsight
import CanvassStore
import CanvassSurvey
import Testing

struct ImportTests {
    private func collector() async throws -> Replica {
        let world = try World()
        _ = try await world.designer()
        return try await world.join("Cora", ["collector"])
    }

    private func load(
        _ csv: String, into replica: Replica, key: String? = nil, batch: Int = 500,
        progress: (Int) -> Void = { _ in }, stop: () -> Bool = { false }
    ) throws -> ResponseImportOutcome {
        var reader = try CSVReader(Array(csv.utf8))
        return try replica.importResponses(
            from: &reader, to: replica.visit, key: key, batchSize: batch, onProgress: progress, shouldStop: stop)
    }

    @Test(arguments: [1, 2, 500])
    func `the same file twice adds nothing, and equal rows stay as many as they are`(_ batch: Int) async throws {
        let replica = try await collector()
        let csv = "recommend,comment\n9,fine\n9,fine\n4,\n9,fine\n"
        let first = try load(csv, into: replica, batch: batch)
        #expect(first.rows == 4 && first.added == 4 && first.known == 0 && first.rejected.isEmpty)
        let unsynced = try replica.status().unsynced
        let second = try load(csv, into: replica, batch: 3)
        #expect(second.added == 0 && second.known == 4)
        #expect(try replica.status().unsynced == unsynced)
        #expect(try replica.responses(to: replica.visit).count == 4)
    }

    @Test func `a file without a single question of the survey is refused whole`() async throws {
        let replica = try await collector()
        #expect(throws: CanvassError.self) { try load("foo,bar\n1,2\n", into: replica) }
        #expect(try replica.responses(to: replica.visit).isEmpty)
    }

    @Test func `a key names the row, must be unique, and never brings other answers in silence`() async throws {
        let replica = try await collector()
        #expect(try load("id,recommend\na,9\nb,8\n", into: replica, key: "id").added == 2)
        let again = try load("id,recommend\na,1\nc,7\nc,6\n,5\n", into: replica, key: "id")
        #expect(again.added == 1 && again.known == 0)
        #expect(again.rejected.map(\.row) == [1, 3, 4])
        #expect(try load("id,recommend\na,9\nb,8\n", into: replica, key: "id").known == 2)
        #expect(again.unknownColumns == ["id"])
        let scores = try replica.responses(to: replica.visit).compactMap { $0.answers["recommend"]?.integerValue }
        #expect(scores.sorted() == [7, 8, 9])
        #expect(failure { _ = try load("recommend\n9\n", into: replica, key: "id") }?.code == .invalidInput)
    }

    @Test func `rules broken are flagged, cells that cannot be read reject their row`() async throws {
        let replica = try await collector()
        let outcome = try load(
            "recommend,satisfaction,reason\n12,5,\n9,77,\nmany,5,\n9,9,\n9,5,but why\n,1,\n", into: replica)
        #expect(outcome.added == 5)
        // Beyond the scale, no such choice, answered against skip logic, required but missing.
        #expect(outcome.flagged == 4)
        #expect(outcome.rejected.map(\.row) == [3])
        #expect(outcome.rejected.first?.column == "recommend")
        #expect(outcome.missingQuestions == ["stands_for", "comment"])
        let flagged = try replica.responses(to: replica.visit).filter { !$0.findings.isEmpty }
        #expect(flagged.count == 4)
        // A code that means 'no answer' is none.
        #expect(try replica.responses(to: replica.visit).filter { $0.answers["satisfaction"] == .text("9") }.isEmpty)
    }

    @Test func `a row too large for a change is rejected and the others come in`() async throws {
        let replica = try await collector()
        let long = String(repeating: "x", count: 70_000)
        let outcome = try load("recommend,comment\n9,fine\n9,\(long)\n8,fine\n", into: replica)
        #expect(outcome.added == 2)
        #expect(outcome.rejected.map(\.row) == [2])
        #expect(outcome.rejected.first?.reason.contains("bytes") == true)
    }

    @Test func `progress is told after each batch, and a stop falls between batches`() async throws {
        let replica = try await collector()
        let csv = "recommend\n" + (0..<25).map { "\($0 % 11)\n" }.joined()
        var seen: [Int] = []
        let stopped = try load(csv, into: replica, batch: 10, progress: { seen.append($0) }, stop: { seen.count == 2 })
        #expect(seen == [10, 20])
        #expect(stopped.isInterrupted && stopped.rows == 20 && stopped.added == 20)
        #expect(try replica.responses(to: replica.visit).count == 20)
        let rest = try load(csv, into: replica)
        #expect(!rest.isInterrupted && rest.known == 20 && rest.added == 5)
    }

    @Test func `a deleted response does not come back`() async throws {
        let replica = try await collector()
        let csv = "recommend\n9\n8\n"
        _ = try load(csv, into: replica)
        let victim = try #require(try replica.responses(to: replica.visit).first)
        let deletion = EntityEdit(
            kind: "response", entity: victim.id, operations: [Operation(.clear, field: "@alive")])
        try replica.store.commit(
            [Edit(scope: ScopeID(.responses, victim.collector), edits: [deletion])], clockMilliseconds: 1)
        let again = try load(csv, into: replica)
        #expect(again.added == 0 && again.known == 2)
        #expect(try replica.responses(to: replica.visit).map(\.id).contains(victim.id) == false)
        #expect(try replica.status().responses == 1)
    }

    /// A response belongs to who collected it: the ids are the same, the responses are not.
    @Test func `one file imported by two collectors is two sets of responses`() async throws {
        let world = try World()
        _ = try await world.designer()
        let ana = try await world.join("Ana", ["collector"])
        let bob = try await world.join("Bob", ["collector"])
        let reviewer = try await world.join("Rita", ["reviewer"])
        for replica in [ana, bob] { #expect(try load("recommend\n9\n1\n", into: replica).added == 2) }
        try await settleAll(ana, bob, reviewer)
        let responses = try reviewer.responses(to: reviewer.visit)
        #expect(responses.count == 4 && Set(responses.map(\.id)).count == 2)
        #expect(Set(responses.map(\.collector)).count == 2)
        #expect(try reviewer.report(on: reviewer.visit).report.responses == 4)
    }

    @Test func `a file that does not fit is refused before anything is written`() async throws {
        let replica = try await collector()
        #expect(failure { _ = try load("recommend,recommend\n9,8\n", into: replica) }?.code == .invalidInput)
        #expect(try replica.status().responses == 0)
    }
}
