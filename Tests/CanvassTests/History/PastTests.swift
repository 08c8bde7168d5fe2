import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassInsight
import CanvassSurvey
import Testing

/// Reading as of a moment.
struct PastTests {
    private static let threeYears: Int64 = 3 * 31_557_600_000

    @Test func `a response and a report are read as they were`() async throws {
        let world = try World()
        let designer = try await world.designer()
        let collector = try await world.join("Cora", ["collector"], team: "north")
        let beforeAll = world.clock.now()
        let first = try collector.take(9, .init("stands_for", .number(0.1)))
        world.clock.advance(1_000)
        let afterFirst = world.clock.now()
        world.clock.advance(1_000)
        guard
            case .recorded = try collector.edit(first, setting: [.init("recommend", .integer(2))], allowsFindings: true)
        else { return #expect(Bool(false)) }
        try collector.take(10, .init("stands_for", .number(0.2)))
        try await settleAll(collector, designer)
        let analyst = try await world.join("Ana", ["reviewer"])

        for replica in [collector, analyst] {
            let past = try replica.response(named: first.id.description, asOf: afterFirst)
            #expect(past.response == first)
            #expect(past.moment.displacedChanges == 0)
            #expect(try replica.response(named: first.id.description).answers["recommend"] == .integer(2))
            #expect(
                failure { _ = try replica.response(named: first.id.description, asOf: beforeAll) }?.code == .notFound)
            let survey = try replica.visit
            #expect(try replica.report(on: survey, asOf: beforeAll).report.responses == 0)
            let report = try replica.report(on: survey, weight: "stands_for", asOf: afterFirst)
            #expect(report.report.responses == 1)
            #expect(report.report.metrics.first { $0.kind == .nps }?.headline == 100)
            #expect(report.moment?.milliseconds == afterFirst)
        }
    }

    @Test func `as of now a report has the figures of the present`() async throws {
        let world = try World(seed: 7)
        let designer = try await world.designer()
        let people = [
            try await world.join("Cora", ["collector"], team: "north"),
            try await world.join("Carl", ["collector"], team: "north"),
        ]
        for (index, person) in people.enumerated() {
            for score in 0...10 {
                let response = try person.take(
                    Int64(score), .init("stands_for", .number(Double(score) / 10 + 0.1)),
                    .init("comment", .text("c\(score % 3)")), language: index == 0 ? "en" : "ro")
                guard score % 4 == 0 else { continue }
                _ = try person.edit(response, setting: [.init("recommend", .integer(6))], allowsFindings: true)
            }
        }
        for person in people { try await settleAll(person, designer) }
        let analyst = try await world.join("Ana", ["reviewer"])
        let survey = try analyst.visit
        for weight in [nil, "stands_for"] {
            let present = try analyst.report(on: survey, by: .all, weight: weight)
            var past = try analyst.report(on: survey, by: .all, weight: weight, asOf: .max)
            #expect(past.moment != nil && present.moment == nil)
            past.moment = nil
            #expect(past == present)
            #expect(past.report.responses == 22)
        }
    }

    @Test func `a clock three years ahead puts its changes three years ahead, and those made upon them`() async throws {
        let world = try World()
        let designer = try await world.designer()
        let collector = try await world.join("Cora", ["collector"], team: "north", offset: Self.threeYears)
        let response = try collector.take(9)
        try await collector.sync()
        let supervisor = try await world.join("Sorin", ["supervisor"], team: "north")
        let seen = try supervisor.response(named: response.id.description)
        guard case .recorded = try supervisor.edit(seen, setting: [.init("recommend", .integer(8))]) else {
            return #expect(Bool(false))
        }
        try await settleAll(supervisor, collector, designer)
        let now = world.clock.now()

        #expect(failure { _ = try supervisor.response(named: response.id.description, asOf: now) }?.code == .notFound)
        let report = try supervisor.report(on: supervisor.visit, asOf: now)
        #expect(report.report.responses == 0)
        #expect(report.moment?.displacedChanges == 1, "the supervisor's correction bears an honest time")
        let later = try supervisor.response(named: response.id.description, asOf: now + Self.threeYears)
        #expect(later.response.answers["recommend"] == .integer(8))
        #expect(later.moment.displacedChanges == 0)

        // The device itself knows that its clock is wrong, and by how much.
        let offset = try #require(
            try collector.report(on: collector.visit, asOf: now).moment?.clockOffsetMilliseconds)
        #expect(abs(offset + Self.threeYears) < 100_000)
        let own = try collector.history(ofResponse: response.id.description).entries
        #expect(abs((own[0].correctedMilliseconds ?? 0) - now) < 100_000)
        #expect(own[1].correctedMilliseconds == nil, "only its own clock is known")
        #expect(abs(own[1].milliseconds - now) < 100_000)
    }

    @Test func `a clock three years behind puts its changes three years back`() async throws {
        let world = try World()
        _ = try await world.designer()
        let collector = try await world.join("Cora", ["collector"], team: "north", offset: -Self.threeYears)
        let response = try collector.take(9)
        let past = try collector.response(
            named: response.id.description, asOf: world.clock.now() - Self.threeYears + 60_000)
        #expect(past.response == response)
        #expect((past.moment.clockOffsetMilliseconds ?? 0) > Self.threeYears - 100_000)
    }
}
