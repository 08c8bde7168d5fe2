import Canvass
import CanvassCoding
import CanvassInsight
import CanvassSQLite
import CanvassSurvey
import Testing

struct ReportTests {
    private struct Scene {
        let world: World
        let first: Replica
        let second: Replica
        let reviewer: Replica
    }

    /// Scores 10, 9, 9, 7, 3 by one collector and 10, 0 by another.
    private func scene() async throws -> Scene {
        let world = try World()
        _ = try await world.designer()
        let first = try await world.join("Ana", ["collector"], team: "north")
        let second = try await world.join("Bob", ["collector"], team: "north")
        for (score, mood) in [(10, "5"), (9, "4"), (9, "9"), (7, "2"), (3, "1")] as [(Int64, String)] {
            try first.take(
                score, .init("satisfaction", .text(mood)), .init("stands_for", .number(score == 3 ? 3.5 : 1)),
                language: "en")
        }
        try second.take(10, language: "ro")
        try second.take(0, .init("satisfaction", .text("5")), .init("reason", .text("all of it")))
        let reviewer = try await world.join("Rita", ["reviewer"])
        try await settleAll(first, second, reviewer)
        return Scene(world: world, first: first, second: second, reviewer: reviewer)
    }

    private func metric(_ kind: String, _ report: SurveyReport) throws -> MetricResult {
        try #require(report.report.metrics.first { $0.kind.rawValue == kind })
    }

    @Test func `the figures of a known set`() async throws {
        let scene = try await scene()
        let report = try scene.reviewer.report(on: scene.reviewer.visit, language: "ro")
        #expect(report.report.responses == 7)
        let nps = try metric("nps", report)
        #expect(nps.n == 7 && nps.label == "Ne recomandați?")
        #expect(abs((nps.headline ?? 0) - 100 * (4.0 - 2.0) / 7) < 1e-9)
        // The code 9 means no answer: satisfied are 5, 4, 5 of five.
        let csat = try metric("csat", report)
        #expect(csat.n == 5 && csat.unanswered == 2)
        #expect(abs((csat.headline ?? 0) - 60) < 1e-9)
        #expect(report.distinctAnswers.first { $0.question == "reason" }?.answered == 1)
    }

    @Test func `a breakdown by collector and language adds up`() async throws {
        let scene = try await scene()
        let breakdowns = try scene.reviewer.report(on: scene.reviewer.visit).report.breakdowns
        #expect(breakdowns.map(\.name) == ["collector", "language"])
        #expect(breakdowns[0].groups.map(\.key) == ["Ana", "Bob"])
        #expect(breakdowns[0].groups.map(\.responses) == [5, 2])
        #expect(Set(breakdowns[1].groups.map(\.key)) == ["en", "ro"])
        #expect(breakdowns[1].unanswered == 1)
        let moods = try scene.reviewer.report(on: scene.reviewer.visit, by: .named(["satisfaction"])).report
        #expect(moods.breakdowns[0].groups.reduce(0) { $0 + $1.responses } + moods.breakdowns[0].unanswered == 7)
        #expect(!moods.breakdowns[0].groups.contains { $0.key == "9" && $0.responses > 0 })
    }

    @Test func `a weight counts people instead of responses`() async throws {
        let scene = try await scene()
        let report = try scene.reviewer.report(on: scene.reviewer.visit, weight: "stands_for")
        let nps = try metric("nps", report)
        // Weights 1, 1, 1, 1 and 3.5; two responses have none.
        #expect(nps.missingWeight == 2)
        #expect(abs((nps.headline ?? 0) - 100 * (3 - 3.5) / 7.5) < 1e-9)
        #expect(abs((nps.weighting?.sumOfWeights ?? 0) - 7.5) < 1e-9)
    }

    @Test(arguments: ["nobody", "", "x' OR '1'='1"])
    func `an unknown question is an error that names it`(_ name: String) async throws {
        let world = try World()
        let designer = try await world.designer()
        let survey = try designer.visit
        #expect(failure { _ = try designer.report(on: survey, by: .named([name])) }?.code == .notFound)
        #expect(failure { _ = try designer.report(on: survey, weight: name) }?.message.contains("\"\(name)\"") == true)
    }

    @Test func `every replica that holds the responses reports the same bytes`() async throws {
        let scene = try await scene()
        let supervisor = try await scene.world.join("Sue", ["supervisor"], team: "north")
        let late = try await scene.world.join("Raul", ["reviewer"])
        func bytes(_ replica: Replica) throws -> String {
            JSON.encode(try replica.report(on: replica.visit, by: .all, weight: "stands_for").report.value)
        }
        let expected = try bytes(scene.reviewer)
        #expect(try bytes(supervisor) == expected)
        #expect(try bytes(late) == expected)
        #expect(try bytes(scene.first) != expected)
    }

    @Test func `an empty survey has a report without figures`() async throws {
        let designer = try await World().designer()
        let report = try designer.report(on: designer.visit).report
        #expect(report.responses == 0)
        #expect(report.metrics.allSatisfy { $0.n == 0 && $0.headline == nil })
    }

    // MARK: SQL

    @Test func `the view of a survey has typed columns on every replica`() async throws {
        let scene = try await scene()
        let result = try scene.reviewer.query(
            """
            SELECT _collector, _language, recommend, typeof(recommend), satisfaction, stands_for, typeof(stands_for), comment
            FROM responses_visit WHERE recommend = 3
            """)
        #expect(
            result.rows == [
                [
                    .text("Ana"), .text("en"), .integer(3), .text("integer"), .text("1"), .real(3.5), .text("real"),
                    .null,
                ]
            ])
        #expect(try scene.reviewer.query("SELECT avg(recommend) FROM responses_visit").rows == [[.real(48.0 / 7)]])
        #expect(try scene.second.query("SELECT count(*) FROM responses_visit").rows == [[.integer(2)]])
    }

    @Test func `views come and change with what is published`() async throws {
        let world = try World()
        let designer = try await world.designer()
        let collector = try await world.join("Cora", ["collector"])
        try collector.take(9)
        var next = Form.visit
        next.items.append(Form.Item(name: "select-from.where", type: .text, label: Form.text("odd", "ciudat")))
        next.items.append(Form.Item(name: "Ärger", type: .integer, label: Form.text("odd", "ciudat")))
        try designer.importSurvey(next, into: designer.campaign())
        try designer.publish(designer.visit)
        var other = Form.visit
        other.id = "VISIT"
        try designer.publish(designer.importSurvey(other, into: designer.campaign()))
        try await settleAll(designer, collector)
        try collector.take(8, .init("select-from.where", .text("it's \"quoted\"")), .init("Ärger", .integer(4)))
        #expect(
            try collector.query("SELECT \"select-from.where\", \"Ärger\" FROM responses_visit ORDER BY _id").rows
                == [[.null, .null], [.text("it's \"quoted\""), .integer(4)]])
        let views = try collector.query(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'view' AND name LIKE 'responses%'")
        #expect(views.rows == [[.integer(2)]])
        #expect(
            try Replica.open(at: collector.path).query("SELECT count(*) FROM responses_visit").rows == [[.integer(2)]])
    }

    @Test(arguments: [
        "SELECT", "SELECT * FROM nothing", "DELETE FROM change", "INSERT INTO meta VALUES ('a', 1)",
        "DROP VIEW responses_visit", "PRAGMA user_version = 9", "ATTACH 'x.sqlite' AS x",
        "SELECT 1; DELETE FROM change",
        "VACUUM INTO '/tmp/canvass-stolen.sqlite'", "BEGIN IMMEDIATE", "",
    ])
    func `a query that is wrong or writes is refused and changes nothing`(_ sql: String) async throws {
        let designer = try await World().designer()
        let before = try designer.query("SELECT count(*), total(bytes) FROM changes").rows
        #expect(failure { _ = try designer.query(sql) }?.code == .queryFailed)
        #expect(try designer.query("SELECT count(*), total(bytes) FROM changes").rows == before)
        #expect(try designer.query("SELECT count(*) FROM responses_visit").rows == [[.integer(0)]])
    }

    @Test func `a row limit says that there was more`() async throws {
        let designer = try await World().designer()
        let result = try designer.query("SELECT position FROM changes ORDER BY position", rowLimit: 1)
        #expect(result.rows == [[.integer(1)]] && result.isTruncated)
    }
}
