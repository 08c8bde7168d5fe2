import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSurvey
import Testing

struct ResponseHistoryTests {
    /// A collector whose response a supervisor has, too.
    private func field() async throws -> Field {
        let world = try World()
        let designer = try await world.designer()
        let collector = try await world.join("Cora", ["collector"], team: "north")
        let response = try collector.take(9, .init("comment", .text("fine")))
        try await collector.sync()
        let supervisor = try await world.join("Sorin", ["supervisor"], team: "north")
        return Field(
            world: world, designer: designer, collector: collector, supervisor: supervisor,
            id: response.id.description)
    }

    private struct Field {
        let world: World
        let designer: Replica
        let collector: Replica
        let supervisor: Replica
        let id: String

        func set(_ replica: Replica, _ field: String, _ value: Value) throws {
            let response = try replica.response(named: id)
            guard case .recorded = try replica.edit(response, setting: [.init(field, value)]) else {
                throw NotRecorded()
            }
        }

        struct NotRecorded: Error {}
    }

    @Test func `each change says who, when, where and what, with the question`() async throws {
        let field = try await field()
        try field.set(field.supervisor, "recommend", .integer(8))
        try await settleAll(field.supervisor, field.collector)
        try field.set(field.collector, "comment", .null)
        let history = try field.collector.history(ofResponse: field.id, language: "ro")
        #expect(history.survey == "visit")
        #expect(history.entries.map(\.number) == [1, 2, 3])
        #expect(history.entries.map(\.event) == [.created, .changed, .changed])
        #expect(history.entries.map(\.author) == ["Cora", "Sorin", "Cora"])
        #expect(history.entries[1].device == field.supervisor.device)
        #expect(history.entries.allSatisfy { abs($0.milliseconds - TestClock.start) < 100_000 })
        let change = try #require(history.entries[1].fields.first)
        #expect(change.field == "recommend" && change.question == "Ne recomandați?")
        #expect(change.before == [.integer(9)] && change.after == .integer(8) && change.beside.isEmpty)
        let cleared = try #require(history.entries[2].fields.first)
        #expect(cleared.before == [.text("fine")] && cleared.after == nil && cleared.isShown)
    }

    @Test func `a conflict and its settlement are told on both sides`() async throws {
        let field = try await field()
        try field.set(field.supervisor, "recommend", .integer(8))
        try field.set(field.collector, "recommend", .integer(7))
        try await settleAll(field.supervisor, field.collector)
        let conflict = try #require(try field.supervisor.conflicts().first)
        let blamed = try #require(try field.supervisor.blame(ofResponse: field.id).first { $0.field == "recommend" })
        #expect(blamed.beside.count == 1)
        try field.supervisor.settle(conflict, with: .integer(8))
        try await settleAll(field.supervisor, field.collector)
        for replica in [field.supervisor, field.collector] {
            let entries = try replica.history(ofResponse: field.id).entries
            #expect(entries.count == 4)
            let concurrent = entries[1...2].flatMap(\.fields)
            #expect(concurrent.allSatisfy { $0.before == [.integer(9)] && !$0.isShown })
            #expect(concurrent.map(\.beside) == [[], [try #require(concurrent[0].after)]])
            let settlement = try #require(entries[3].fields.first)
            #expect(Set(settlement.before) == [.integer(7), .integer(8)])
            #expect(settlement.after == .integer(8) && settlement.isShown)
        }
    }

    @Test func `blame names the author of every answer that is shown`() async throws {
        let field = try await field()
        try field.set(field.supervisor, "recommend", .integer(8))
        let blame = try field.supervisor.blame(ofResponse: field.id)
        let answers = blame.filter { !$0.field.hasPrefix("@") }
        #expect(answers.map(\.field) == ["recommend", "comment"])
        #expect(answers.map(\.entry.author) == ["Sorin", "Cora"])
        #expect(answers.map(\.entry.number) == [2, 1])
        #expect(answers.map(\.value) == [.integer(8), .text("fine")])
        #expect(answers[0].question == "Recommend us?")
    }

    @Test func `a revert puts back what was there, and can be reverted`() async throws {
        let field = try await field()
        let collector = field.collector
        try field.set(collector, "recommend", .integer(3))
        try field.set(collector, "reason", .text("queues"))
        func change(_ number: Int) throws -> Dot { try collector.history(ofResponse: field.id).entries[number - 1].dot }
        func value(_ name: String) throws -> Value? { try collector.response(named: field.id).answers[name] }

        let first = try collector.revert(change(3), ofResponse: field.id)
        #expect(first.restored.map(\.field) == ["reason"] && first.restored[0].value == nil)
        #expect(try value("reason") == nil)
        let back = try collector.revert(change(4), ofResponse: field.id)
        #expect(back.restored.map(\.value) == [.text("queues")])
        #expect(try value("reason") == .text("queues"))
        _ = try collector.revert(change(2), ofResponse: field.id)
        #expect(try value("recommend") == .integer(9))
        #expect(try collector.history(ofResponse: field.id).entries.count == 6)
        #expect(try collector.conflicts().isEmpty)
        try await settleAll(collector, field.supervisor)
        #expect(try field.supervisor.response(named: field.id).answers["recommend"] == .integer(9))
        #expect(try agreement(collector, field.supervisor).differing.isEmpty)
    }

    @Test func `what somebody changed since is left, unless forced`() async throws {
        let field = try await field()
        try field.set(field.supervisor, "recommend", .integer(8))
        try await settleAll(field.supervisor, field.collector)
        try field.set(field.collector, "recommend", .integer(7))
        let dot = try field.collector.history(ofResponse: field.id).entries[1].dot
        let skipped = try field.collector.revert(dot, ofResponse: field.id)
        #expect(skipped.change == nil && skipped.restored.isEmpty)
        #expect(skipped.skipped.map(\.reason) == [.changedSince(number: 3, author: "Cora")])
        #expect(try field.collector.response(named: field.id).answers["recommend"] == .integer(7))
        #expect(try field.collector.history(ofResponse: field.id).entries.count == 3)

        let forced = try field.collector.revert(dot, ofResponse: field.id, isForced: true)
        #expect(forced.restored.map(\.value) == [.integer(9)])
        #expect(try field.collector.response(named: field.id).answers["recommend"] == .integer(9))
        let again = try field.collector.revert(dot, ofResponse: field.id, isForced: true)
        #expect(again.change == nil && again.skipped.map(\.reason) == [.unchanged])
    }

    @Test func `of two concurrent values the one that is reverted goes, and the other is shown`() async throws {
        let field = try await field()
        try field.set(field.collector, "recommend", .integer(7))
        field.world.clock.advance(1_000)
        try field.set(field.supervisor, "recommend", .integer(8))
        try await settleAll(field.supervisor, field.collector)
        let history = try field.supervisor.history(ofResponse: field.id)
        let shown = try #require(history.entries.first { $0.fields.contains { $0.after == .integer(8) } })
        let reversion = try field.supervisor.revert(shown.dot, ofResponse: field.id)
        #expect(reversion.restored.map(\.field) == ["recommend"])
        #expect(try field.supervisor.response(named: field.id).answers["recommend"] == .integer(7))
        #expect(try field.supervisor.conflicts().isEmpty)
    }

    @Test func `the change that made a response cannot be taken back`() async throws {
        let field = try await field()
        let dot = try field.collector.history(ofResponse: field.id).entries[0].dot
        let error = try #require(failure { _ = try field.collector.revert(dot, ofResponse: field.id, isForced: true) })
        #expect(error.code == .invalidInput && error.message.contains("would delete"))
        #expect(try field.collector.history(ofResponse: field.id).entries.count == 1)
        let unknown = Dot(replica: dot.replica, sequence: 99, check: 0)
        #expect(failure { _ = try field.collector.revert(unknown, ofResponse: field.id) }?.code == .notFound)
    }

    @Test func `a deleted response has a history, and comes back by a revert`() async throws {
        let field = try await field()
        let response = try field.collector.response(named: field.id)
        let deletion = EntityEdit(
            kind: EntityKind.response.rawValue, entity: response.id,
            operations: [Operation(.clear, field: EntityState.existenceField)])
        try field.collector.store.commit(
            [Edit(scope: ScopeID(.responses, response.collector), edits: [deletion])],
            clockMilliseconds: field.world.clock.now())
        #expect(failure { _ = try field.collector.response(named: field.id) }?.code == .notFound)
        let entries = try field.collector.history(ofResponse: field.id).entries
        #expect(entries.map(\.event) == [.created, .deleted])
        let reversion = try field.collector.revert(entries[1].dot, ofResponse: field.id)
        #expect(reversion.isResponseRestored && reversion.skipped.isEmpty)
        #expect(try field.collector.response(named: field.id).answers == response.answers)
        #expect(try field.collector.history(ofResponse: field.id).entries.last?.event == .restored)
    }

    @Test func `whoever may only read cannot revert`() async throws {
        let field = try await field()
        try field.set(field.collector, "recommend", .integer(7))
        try await settleAll(field.collector, field.supervisor)
        // What a role may not write it mostly may not read; here it lost its roles after it had read.
        try field.supervisor.store.database.write { try $0.execute("UPDATE member SET roles = '' WHERE is_own") }
        let dot = try field.supervisor.history(ofResponse: field.id).entries[1].dot
        #expect(failure { _ = try field.supervisor.revert(dot, ofResponse: field.id) }?.code == .notPermitted)
        #expect(try field.supervisor.response(named: field.id).answers["recommend"] == .integer(7))
    }
}
