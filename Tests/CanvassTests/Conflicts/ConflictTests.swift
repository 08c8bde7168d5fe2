import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassInsight
import CanvassRelay
import CanvassSQLite
import CanvassSurvey
import Testing

struct ConflictTests {
    private struct Scene {
        let world: World
        let collector: Replica
        let supervisor: Replica
        let reviewer: Replica
        let id: String
    }

    /// Collector and supervisor gave one answer two values; everybody has synced.
    private func scene() async throws -> Scene {
        let world = try World()
        _ = try await world.designer()
        let collector = try await world.join("Cora", ["collector"], team: "north")
        let id = try collector.take(9, .init("comment", .text("x"))).id.description
        try await collector.sync()
        let supervisor = try await world.join("Sue", ["supervisor"], team: "north", offset: 3_600_000)
        let reviewer = try await world.join("Rita", ["reviewer"])
        _ = try collector.edit(collector.response(named: id), setting: [.init("recommend", .integer(6))])
        _ = try supervisor.edit(supervisor.response(named: id), setting: [.init("recommend", .integer(8))])
        try await settleAll(collector, supervisor, reviewer)
        return Scene(world: world, collector: collector, supervisor: supervisor, reviewer: reviewer, id: id)
    }

    @Test func `a conflict lists both values with author, time and the question`() async throws {
        let scene = try await scene()
        for replica in [scene.collector, scene.supervisor, scene.reviewer] {
            let conflict = try #require(try replica.conflicts(language: "ro").first)
            #expect(try replica.conflicts().count == 1)
            #expect(conflict.id == "\(scene.id)/recommend")
            #expect(conflict.question == "Ne recomandați?")
            #expect(conflict.survey == "visit")
            // The supervisor's clock is an hour ahead, so that value is shown.
            #expect(conflict.candidates.map(\.value) == [.integer(8), .integer(6)])
            #expect(conflict.candidates.map(\.author) == ["Sue", "Cora"])
            #expect(conflict.candidates.map(\.device) == [scene.supervisor.device, scene.collector.device])
            let times = conflict.candidates.map(\.milliseconds)
            #expect((times[0] - times[1]) / 100_000 == 36)
            #expect(try replica.response(named: scene.id).answers["recommend"] == .integer(8))
            #expect(try replica.status().conflicts == 1)
            #expect(try replica.report(on: replica.visit).report.responses == 1)
        }
    }

    @Test(arguments: [Value.integer(6), .integer(8), .integer(3)])
    func `a decision settles the conflict everywhere`(_ decision: Value) async throws {
        let scene = try await scene()
        let conflict = try scene.reviewer.conflict(named: scene.id)
        try scene.reviewer.settle(conflict, with: decision)
        #expect(try scene.reviewer.conflicts().isEmpty)
        try await settleAll(scene.reviewer, scene.collector, scene.supervisor)
        for replica in [scene.collector, scene.supervisor, scene.reviewer] {
            #expect(try replica.conflicts().isEmpty)
            #expect(try replica.response(named: scene.id).answers["recommend"] == decision)
        }
        #expect(failure { _ = try scene.collector.conflict(named: scene.id) }?.code == .notFound)
    }

    @Test func `a value that is no answer to the question settles nothing`() async throws {
        let scene = try await scene()
        let conflict = try scene.reviewer.conflict(named: scene.id)
        #expect(failure { try scene.reviewer.settle(conflict, with: .text("many")) }?.code == .invalidInput)
        #expect(failure { try scene.reviewer.settle(conflict, with: .null) }?.code == .invalidInput)
        #expect(try scene.reviewer.conflicts().count == 1)
    }

    @Test func `two people who settle differently converge on a new conflict, and agreement ends it`() async throws {
        let scene = try await scene()
        try scene.reviewer.settle(scene.reviewer.conflict(named: scene.id), with: .integer(6))
        try scene.collector.settle(scene.collector.conflict(named: scene.id), with: .integer(8))
        try await settleAll(scene.reviewer, scene.collector, scene.supervisor)
        let seen = try [scene.collector, scene.supervisor, scene.reviewer].map { replica in
            try replica.conflicts().map(\.uncorrected)
        }
        #expect(seen[0] == seen[1] && seen[1] == seen[2])
        #expect(Set(seen[0].flatMap { $0.candidates.map(\.value) }) == [.integer(6), .integer(8)])
        for replica in [scene.reviewer, scene.collector] {
            try replica.settle(replica.conflict(named: scene.id), with: .integer(7))
        }
        try await settleAll(scene.reviewer, scene.collector, scene.supervisor)
        #expect(try scene.supervisor.conflicts().isEmpty)
        #expect(try scene.supervisor.response(named: scene.id).answers["recommend"] == .integer(7))
        #expect(try agreement(scene.reviewer, scene.collector).differing.isEmpty)
    }

    @Test func `a value that came after the list was read survives the decision`() async throws {
        let scene = try await scene()
        let listed = try scene.reviewer.conflict(named: scene.id)
        _ = try scene.supervisor.edit(
            scene.supervisor.response(named: scene.id), setting: [.init("recommend", .integer(1))])
        try await settleAll(scene.supervisor, scene.reviewer)
        try scene.reviewer.settle(listed, with: .integer(6))
        let left = try scene.reviewer.conflicts().flatMap { $0.candidates.map(\.value) }
        #expect(Set(left) == [.integer(6), .integer(1)])
    }

    @Test func `different questions and equal values are no conflict`() async throws {
        let scene = try await scene()
        try scene.reviewer.settle(scene.reviewer.conflict(named: scene.id), with: .integer(7))
        try await settleAll(scene.reviewer, scene.collector, scene.supervisor)
        for (replica, change) in [
            (scene.collector, Value.Member("comment", .text("same"))),
            (scene.supervisor, .init("comment", .text("same"))),
            (scene.reviewer, .init("stands_for", .integer(2))),
        ] {
            _ = try replica.edit(replica.response(named: scene.id), setting: [change])
        }
        try await settleAll(scene.collector, scene.supervisor, scene.reviewer)
        #expect(try scene.reviewer.conflicts().isEmpty)
        #expect(try scene.collector.response(named: scene.id).answers["stands_for"] == .integer(2))
    }

    @Test func `two people who settle alike at once leave nothing to settle`() async throws {
        let scene = try await scene()
        for replica in [scene.reviewer, scene.collector] {
            try replica.settle(replica.conflict(named: scene.id), with: .integer(6))
        }
        try await settleAll(scene.reviewer, scene.collector, scene.supervisor)
        for replica in [scene.reviewer, scene.collector, scene.supervisor] {
            #expect(try replica.conflicts().isEmpty && replica.status().conflicts == 0)
            #expect(try replica.response(named: scene.id).answers["recommend"] == .integer(6))
        }
        #expect(try agreement(scene.reviewer, scene.supervisor).differing.isEmpty)
    }

    @Test func `another value has to keep the rules of the survey`() async throws {
        let scene = try await scene()
        let conflict = try scene.reviewer.conflict(named: scene.id)
        #expect(try scene.reviewer.settle(conflict, with: .integer(11)).map(\.kind) == [.constraintBroken])
        #expect(try scene.reviewer.conflicts() == [conflict])
        #expect(try scene.reviewer.settle(conflict, with: .text("10")).isEmpty)
        #expect(try scene.reviewer.response(named: scene.id).answers["recommend"] == .integer(10))
    }

    @Test func `readers see their own language, labels, and their own clock put right`() async throws {
        let world = try World()
        _ = try await world.designer()
        let collector = try world.replica("Cora", offset: -86_400_000)
        let link = try world.relay.invite(
            InviteOrder(campaign: "visits", roles: ["collector"], team: "north", name: "Cora"))
        try await collector.join(link, language: "ro")
        try await collector.sync()
        let id = try collector.take(9, .init("satisfaction", .text("1"))).id.description
        try await collector.sync()
        let reviewer = try await world.join("Rita", ["reviewer"])
        for (replica, code) in [(collector, "2"), (reviewer, "3")] {
            _ = try replica.edit(replica.response(named: id), setting: [.init("satisfaction", .text(code))])
        }
        try await settleAll(collector, reviewer)
        let conflict = try #require(try collector.conflicts().first)
        #expect(conflict.question == "Mulțumit?")
        #expect(try collector.conflicts(language: "en").first?.question == "Satisfied?")
        #expect(try reviewer.conflicts().first?.question == "Satisfied?")
        #expect(Set(try reviewer.conflicts()[0].candidates.map(\.label)) == ["mood 2", "mood 3"])
        let own = try #require(conflict.candidates.first { $0.author == "Cora" })
        let corrected = try #require(own.correctedMilliseconds)
        #expect(abs(corrected - own.milliseconds - 86_400_000) < 60_000)
        #expect(conflict.candidates.first { $0.author == "Rita" }?.correctedMilliseconds == nil)
    }

    @Test func `findings settle themselves, and calculations follow the answer that is chosen`() async throws {
        let world = try World()
        var form = Form.visit
        var score = Form.Item(name: "score", type: .calculate)
        score.calculation = "${recommend} * 10"
        form.items.append(score)
        let designer = try await world.designer(form)
        let collector = try await world.join("Cora", ["collector"], team: "north")
        let id = try collector.take(9).id.description
        try await collector.sync()
        let reviewer = try await world.join("Rita", ["reviewer"])
        for (replica, value) in [(collector, 20), (reviewer, 30)] as [(Replica, Int64)] {
            _ = try replica.edit(
                replica.response(named: id), setting: [.init("recommend", .integer(value))], allowsFindings: true)
            _ = try replica.edit(
                replica.response(named: id), setting: [.init("comment", .text("\(value)"))], allowsFindings: true)
        }
        try await settleAll(collector, reviewer, designer)
        #expect(try reviewer.response(named: id).findings.count == 1)
        #expect(try reviewer.conflicts().map(\.field) == ["comment", "recommend", "score"])
        let view = try reviewer.query("SELECT field, device FROM conflicts ORDER BY field")
        #expect(view.rows.map(\.first) == [.text("comment"), .text("recommend"), .text("score")])
        #expect(
            view.rows.allSatisfy {
                $0[1] == .text(collector.device.description) || $0[1] == .text(reviewer.device.description)
            })
        #expect(try reviewer.settle(reviewer.conflict(named: "\(id)/recommend"), with: .integer(7)).isEmpty)
        try await settleAll(reviewer, collector)
        for replica in [reviewer, collector] {
            let response = try replica.response(named: id)
            #expect(response.answers["score"] == .integer(70) && response.findings.isEmpty)
            #expect(try replica.conflicts().map(\.field) == ["comment"])
        }
    }
}
