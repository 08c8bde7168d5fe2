import CanvassInsight
import TestSupport
import Testing

@Suite struct ReportBuilderTests {
    static let recommend = MetricColumn(question: "recommend", label: "Would recommend", kind: .nps)
    static let satisfied = MetricColumn(question: "satisfied", label: "Satisfied", kind: .csat)
    static let region = Breakdown(
        name: "region", label: "Region",
        choices: [.init(key: "n", label: "North"), .init(key: "s", label: "South"), .init(key: "w", label: "West")])

    @Test func `rows are counted in all and in their group`() throws {
        var builder = try ReportBuilder(
            ReportPlan(metrics: [Self.recommend, Self.satisfied], breakdowns: [Self.region]))
        try builder.add(.init(metrics: [10, 5], keys: ["s"]))
        try builder.add(.init(metrics: [3, nil], keys: ["s"]))
        try builder.add(.init(metrics: [11, 2], keys: ["n"]))
        try builder.add(.init(metrics: [9, 4], keys: [nil]))
        try builder.add(.init(metrics: [nil, 0], keys: ["unlisted place"]))
        let report = builder.report(flagged: 1)
        #expect(report.responses == 5)
        #expect(report.flagged == 1)
        #expect(report.metrics.map(\.n) == [3, 3])
        #expect(report.metrics.map(\.outOfScale) == [1, 1])
        #expect(report.metrics.map(\.unanswered) == [1, 1])
        #expect(isClose(report.metrics[0].headline, 100.0 / 3))
        let breakdown = report.breakdowns[0]
        #expect(breakdown.unanswered == 1)
        #expect(breakdown.groups.map(\.label) == ["North", "South", "unlisted place"])
        #expect(breakdown.groups.map(\.responses) == [1, 2, 1])
        #expect(breakdown.groups[1].metrics.map(\.headline) == [0, 100])
        #expect(breakdown.groups[0].metrics[0].headline == nil)
    }

    @Test func `no responses give a report without figures`() throws {
        let plan = ReportPlan(metrics: [Self.recommend], breakdowns: [Self.region], weightColumn: "w")
        let report = try ReportBuilder(plan).report()
        #expect(report.responses == 0)
        #expect(report.metrics[0].headline == nil)
        #expect(report.metrics[0].interval == nil)
        #expect(report.breakdowns[0].groups.isEmpty)
    }

    @Test func `groups are those that tallies of their own would give`() throws {
        var random = SplitMix64.forTest(#function)
        let keys = ["a", "b", "seven77", "eight888", "a key that is longer than a word", "é", "e\u{301}", "", "\0"]
        var builder = try ReportBuilder(
            ReportPlan(metrics: [Self.recommend], breakdowns: [Breakdown(name: "k", label: "K")], weightColumn: "w"))
        var tallies = keys.map { _ in ScoreTally(scale: 0...10, isWeighted: true) }
        for _ in 0..<3000 {
            let index = Int.random(in: 0..<keys.count, using: &random)
            let score = Bool.random(using: &random) ? Double(Int.random(in: -1...11, using: &random)) : nil
            let weight = Int.random(in: 0...4, using: &random) > 0 ? Double.random(in: 0.1...3, using: &random) : nil
            tallies[index].add(score, weight: weight)
            try builder.add(.init(metrics: [score], keys: [keys[index]], weight: weight))
        }
        let groups = builder.report().breakdowns[0].groups
        #expect(groups.count == keys.count, "seed \(random.seed)")
        for (key, tally) in zip(keys, tallies) {
            let group = try #require(groups.first { $0.key.utf8.elementsEqual(key.utf8) })
            let metric = group.metrics[0]
            #expect(metric.figure == .netPromoterScore(NetPromoterScore(tally)), "seed \(random.seed)")
            #expect(metric.scores == ScoreDistribution(tally), "seed \(random.seed)")
            #expect(metric.missingWeight == tally.missingWeight, "seed \(random.seed)")
            #expect(metric.outOfScale == tally.outOfScale, "seed \(random.seed)")
            #expect(metric.unanswered == tally.unanswered, "seed \(random.seed)")
        }
    }

    @Test func `the order of responses does not show in the report`() throws {
        var random = SplitMix64.forTest(#function)
        let plan = ReportPlan(
            metrics: [Self.recommend, Self.satisfied], breakdowns: [Self.region, Breakdown(name: "p", label: "P")])
        let rows = (0..<500).map { _ in
            ReportBuilder.Row(
                metrics: [
                    Double(Int.random(in: 0...12, using: &random)), Double(Int.random(in: 0...6, using: &random)),
                ],
                keys: [["n", "s", "x", "y", nil].randomElement(using: &random) ?? nil, "p\(random.next() % 30)"])
        }
        func report(_ rows: [ReportBuilder.Row]) throws -> Report {
            var builder = try ReportBuilder(plan)
            for row in rows { try builder.add(row) }
            return builder.report()
        }
        let expected = try report(rows)
        #expect(try report(rows.shuffled(using: &random)) == expected, "seed \(random.seed)")
        #expect(try report(rows.reversed()).value == expected.value, "seed \(random.seed)")
    }

    @Test func `free text is refused as a breakdown and the row not counted`() throws {
        let text = Breakdown(name: "comment", label: "Comment")
        var builder = try ReportBuilder(
            ReportPlan(metrics: [Self.recommend], breakdowns: [Self.region, text, Self.region]))
        for number in 0..<ReportBuilder.mostGroups {
            try builder.add(.init(metrics: [10], keys: ["n", "text \(number)", "n"]))
        }
        let error = #expect(throws: InsightError.self) {
            try builder.add(.init(metrics: [10], keys: ["s", "one more", "s"]))
        }
        #expect(error?.code == .tooManyGroups)
        #expect(error?.name == "comment")
        try builder.add(.init(metrics: [10], keys: ["n", "text 0", "n"]))
        let report = builder.report()
        #expect(report.responses == ReportBuilder.mostGroups + 1)
        #expect(report.breakdowns.map(\.groups.count) == [1, ReportBuilder.mostGroups, 1])
    }

    @Test func `a choice list that repeats a code shows its group once`() throws {
        let twice = Breakdown(
            name: "t", label: "T", choices: [.init(key: "1", label: "First"), .init(key: "1", label: "Again")])
        var builder = try ReportBuilder(ReportPlan(metrics: [Self.recommend], breakdowns: [twice]))
        try builder.add(.init(metrics: [9], keys: ["1"]))
        #expect(builder.report().breakdowns[0].groups.map(\.label) == ["First"])
    }
}
