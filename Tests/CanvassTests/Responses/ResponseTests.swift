import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassInsight
import CanvassSQLite
import CanvassStore
import CanvassSurvey
import Testing

struct ResponseTests {
    /// A designer and a collector of the team "north".
    private func field() async throws -> (world: World, designer: Replica, collector: Replica) {
        let world = try World()
        let designer = try await world.designer()
        return (world, designer, try await world.join("Cora", ["collector"], team: "north"))
    }

    @Test func `a valid response is recorded with language, version and time`() async throws {
        let (_, _, collector) = try await field()
        let response = try collector.take(9, .init("comment", .text("fine")), language: "ro")
        #expect(try collector.responses(to: collector.visit) == [response])
        #expect(response.answers.members == [.init("recommend", .integer(9)), .init("comment", .text("fine"))])
        #expect(response.language == "ro")
        #expect(try response.version == collector.visit.published[0].id)
        #expect(abs((response.finishedMilliseconds ?? 0) - TestClock.start) < 100_000)
        #expect(response.collector == (try collector.members().first { $0.isOwn }?.id))
        #expect(try collector.status().unsynced == 1)
    }

    @Test(arguments: [
        [Value.Member("recommend", .integer(11))], [], [.init("comment", .text("no score"))],
        [.init("recommend", .text("nine"))], [.init("recommend", .integer(5)), .init("nobody", .integer(1))],
        [.init("recommend", .integer(9)), .init("satisfaction", .text("77"))],
    ])
    func `answers against the form's rules write nothing`(_ members: [Value.Member]) async throws {
        let (_, _, collector) = try await field()
        guard case .refused(let findings) = try collector.record(Answers(members), to: collector.visit) else {
            return #expect(Bool(false), "it was recorded")
        }
        #expect(!findings.isEmpty)
        #expect(try collector.responses(to: collector.visit).isEmpty)
        #expect(try collector.status().unsynced == 0)
    }

    @Test func `a response is found by the beginning of its id`() async throws {
        let (_, _, collector) = try await field()
        let first = try collector.take(9)
        let second = try collector.take(8)
        #expect(try collector.response(named: first.id.description.lowercased()) == first)
        let all = second.id.description
        #expect(try collector.response(named: String(all.prefix(25))) == second)
        #expect(failure { _ = try collector.response(named: "") }?.code == .ambiguous)
        #expect(failure { _ = try collector.response(named: "ZZZZ") }?.code == .notFound)
    }

    @Test func `an answer is set, cleared and refused as the question says`() async throws {
        let (_, _, collector) = try await field()
        let response = try collector.take(3, .init("reason", .text("queues")), .init("comment", .text("x")))
        guard
            case .recorded(let edited) = try collector.edit(
                response, setting: [.init("recommend", .integer(4)), .init("comment", .null)])
        else { return #expect(Bool(false)) }
        #expect(edited.answers["recommend"] == .integer(4))
        #expect(edited.answers["comment"] == nil)
        #expect(edited.answers["reason"] == .text("queues"))
        #expect(try collector.response(named: response.id.description) == edited)

        let unsynced = try collector.status().unsynced
        #expect(failure { _ = try collector.edit(edited, setting: [.init("nobody", .integer(1))]) }?.code == .notFound)
        #expect(
            failure { _ = try collector.edit(edited, setting: [.init("recommend", .text("many"))]) }?.code
                == .invalidInput)
        guard case .refused = try collector.edit(edited, setting: [.init("recommend", .integer(12))]) else {
            return #expect(Bool(false))
        }
        guard case .refused = try collector.edit(edited, setting: [.init("recommend", .null)]) else {
            return #expect(Bool(false))
        }
        #expect(try collector.status().unsynced == unsynced)
        guard
            case .recorded(let forced) = try collector.edit(
                edited, setting: [.init("recommend", .integer(12))], allowsFindings: true)
        else { return #expect(Bool(false)) }
        #expect(forced.answers["recommend"] == .integer(12))
    }

    @Test func `of several changes to one question the last counts, and no change writes nothing`() async throws {
        let (_, _, collector) = try await field()
        let response = try collector.take(9)
        let unsynced = try collector.status().unsynced
        guard case .recorded(let same) = try collector.edit(response, setting: []) else { return #expect(Bool(false)) }
        #expect(same == response)
        #expect(try collector.status().unsynced == unsynced)
        guard
            case .recorded(let edited) = try collector.edit(
                response, setting: [.init("recommend", .integer(2)), .init("recommend", .integer(8))])
        else { return #expect(Bool(false)) }
        #expect(edited.answers["recommend"] == .integer(8))
        #expect(try collector.status().unsynced == unsynced + 1)
    }

    @Test func `an edit that arrived while the response was open is kept beside`() async throws {
        let (world, _, collector) = try await field()
        let response = try collector.take(9)
        try await collector.sync()
        let supervisor = try await world.join("Sue", ["supervisor"], team: "north")
        _ = try supervisor.edit(
            supervisor.response(named: response.id.description), setting: [.init("recommend", .integer(5))])
        try await settleAll(supervisor, collector)
        // The collector still has the nine on the screen.
        _ = try collector.edit(response, setting: [.init("recommend", .integer(10))])
        let values = try collector.conflicts().flatMap { $0.candidates.map(\.value) }
        #expect(Set(values) == [.integer(5), .integer(10)])
    }

    @Test func `an edit works out again what is calculated from it, and nothing else`() async throws {
        let world = try World()
        var form = Form.visit
        for (name, calculation) in [
            ("double", "${recommend} * 2"), ("drawn", "random()"), ("mood", "if(${recommend} > 8, 'good', '')"),
        ] {
            var item = Form.Item(name: name, type: .calculate)
            item.calculation = calculation
            form.items.append(item)
        }
        _ = try await world.designer(form)
        let collector = try await world.join("Cora", ["collector"])
        let response = try collector.take(9)
        #expect(response.answers["double"] == .integer(18))
        guard case .recorded(let edited) = try collector.edit(response, setting: [.init("recommend", .integer(4))])
        else { return #expect(Bool(false)) }
        #expect(edited.answers["double"] == .integer(8))
        #expect(response.answers["mood"] == .text("good"))
        #expect(edited.answers["mood"] == nil)
        #expect(response.answers["drawn"] != nil)
        #expect(edited.answers["drawn"] == response.answers["drawn"])
    }

    @Test func `findings follow the answers when they are edited`() async throws {
        let (_, _, collector) = try await field()
        let response = try collector.take(9)
        guard
            case .recorded(let broken) = try collector.edit(
                response, setting: [.init("recommend", .integer(77))], allowsFindings: true)
        else { return #expect(Bool(false)) }
        #expect(broken.findings.count == 1)
        guard case .recorded(let mended) = try collector.edit(broken, setting: [.init("recommend", .integer(8))])
        else { return #expect(Bool(false)) }
        #expect(mended.findings.isEmpty)
    }

    @Test func `a new version hides no answer from SQL and reports`() async throws {
        let (_, designer, collector) = try await field()
        try collector.take(9, .init("comment", .text("fine")))
        var form = Form.visit
        form.items.removeAll { $0.name == "comment" }
        form.items.append(Form.Item(name: "gate", type: .text))
        try designer.importSurvey(form, into: designer.campaign())
        try designer.publish(designer.visit)
        try await designer.sync()
        try await collector.sync()
        try collector.take(4, .init("gate", .text("B2")))
        let rows = try collector.query("SELECT _id, recommend, comment, gate FROM responses_visit ORDER BY recommend")
            .rows
        #expect(
            rows.map { Array($0.dropFirst()) } == [
                [.integer(4), .null, .text("B2")], [.integer(9), .text("fine"), .null],
            ])
        // Ids are the same text in SQL as everywhere else.
        let ids = try Set(collector.responses(to: collector.visit).map { SQLiteValue.text($0.id.description) })
        #expect(Set(rows.map { $0[0] }) == ids)
        let report = try collector.report(on: collector.visit, by: .named(["comment", "gate"])).report
        #expect(report.breakdowns.map { $0.groups.map(\.key) } == [["fine"], ["B2"]])
    }

    @Test func `editing one's own stale copy twice is no conflict`() async throws {
        let (_, _, collector) = try await field()
        let response = try collector.take(9)
        _ = try collector.edit(response, setting: [.init("recommend", .integer(8))])
        _ = try collector.edit(response, setting: [.init("recommend", .integer(7))])
        #expect(try collector.conflicts().isEmpty)
        #expect(try collector.response(named: response.id.description).answers["recommend"] == .integer(7))
    }

    @Test func `responses keep the version they were taken with`() async throws {
        let (_, designer, collector) = try await field()
        let first = try collector.take(9, .init("comment", .text("old")))
        try designer.importSurvey(.visit.changing("comment") { $0.type = .integer }, into: designer.campaign())
        try designer.publish(designer.visit)
        try await settleAll(designer, collector)
        let second = try collector.take(9, .init("comment", .integer(3)))
        let versions = try collector.visit.published.map(\.id)
        #expect([first.version, second.version] == versions)
        // An edit goes by the version of the response.
        guard case .recorded = try collector.edit(first, setting: [.init("comment", .text("still text"))]) else {
            return #expect(Bool(false))
        }
        #expect(
            failure { _ = try collector.edit(second, setting: [.init("comment", .text("text"))]) }?.code
                == .invalidInput)
    }

    @Test func `who does not collect cannot record`() async throws {
        let (world, designer, _) = try await field()
        #expect(failure { try designer.take(9) }?.code == .notPermitted)
        let reviewer = try await world.join("Rita", ["reviewer"])
        #expect(failure { try reviewer.take(9) }?.code == .notPermitted)
        #expect(try reviewer.status().responses == 0)
    }

    @Test func `supervisor of the team and reviewer may correct, others may not even read`() async throws {
        let (world, designer, collector) = try await field()
        let response = try collector.take(9)
        try await collector.sync()
        let supervisor = try await world.join("Sue", ["supervisor"], team: "north")
        let reviewer = try await world.join("Rita", ["reviewer"])
        let stranger = try await world.join("Sam", ["supervisor"], team: "south")
        let peer = try await world.join("Carl", ["collector"], team: "north")
        try await designer.sync()
        for (index, replica) in [supervisor, reviewer].enumerated() {
            let own = try replica.response(named: response.id.description)
            guard case .recorded = try replica.edit(own, setting: [.init("recommend", .integer(Int64(index)))]) else {
                return #expect(Bool(false))
            }
            #expect(try await replica.sync().refused.isEmpty)
        }
        for replica in [stranger, peer, designer] {
            try await replica.sync()
            #expect(try replica.status().responses == 0)
            #expect(try !replica.status().scopes.contains { $0.id == ScopeID(.responses, response.collector) })
            #expect(
                failure { _ = try replica.edit(response, setting: [.init("recommend", .integer(1))]) }?.code
                    == .notPermitted)
        }
        try await collector.sync()
        #expect(try collector.response(named: response.id.description).answers["recommend"] == .integer(1))
    }

    @Test func `a device that never joined cannot record`() throws {
        let replica = try World().replica("a")
        try replica.publish(replica.importSurvey(.visit, into: replica.createCampaign(named: "visits")))
        #expect(failure { try replica.take(9) } != nil)
        #expect(try replica.status().responses == 0)
    }
}
