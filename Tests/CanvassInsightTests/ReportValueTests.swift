import CanvassCoding
import CanvassInsight
import Testing

@Suite struct ReportValueTests {
    @Test func `the document has the documented keys in order`() throws {
        let plan = ReportPlan(
            metrics: [
                MetricColumn(question: "r", label: "R", kind: .nps),
                MetricColumn(question: "c", label: "C", kind: .csat),
                MetricColumn(question: "e", label: "E", kind: .ces, scale: 1...7),
                MetricColumn(question: "m", label: "M", kind: .ces, scale: 1...7, convention: .mean),
                MetricColumn(question: "b", label: "B", kind: .repurchase),
            ],
            breakdowns: [Breakdown(name: "k", label: "K")], weightColumn: "w")
        var builder = try ReportBuilder(plan)
        try builder.add(.init(metrics: [10, 5, 7, 7, 1], keys: ["x"], weight: 2))
        try builder.add(.init(metrics: [0, 1, 1, 1, 5], keys: [nil], weight: 2))
        let value = builder.report(flagged: 1).value
        let topKeys = ["responses", "flagged", "weight", "confidence", "metrics", "breakdowns"]
        #expect(value.mapValue?.map(\.key) == topKeys)
        #expect(value["weight"] == "w")
        let metrics = try #require(value["metrics"]?.listValue)
        let own = [
            ["promoters", "passives", "detractors", "promoterShare", "passiveShare", "detractorShare", "score"],
            ["satisfied", "share"], ["convention", "easy", "score"], ["convention", "easy", "score"],
            ["intending", "share"],
        ]
        let tail = [
            "low", "high", "mean", "standardDeviation", "scale", "distribution", "unanswered", "outOfScale",
            "missingWeight", "weighting",
        ]
        for (metric, own) in zip(metrics, own) {
            #expect(metric.mapValue?.map(\.key) == ["metric", "question", "label", "n"] + own + tail)
        }
        #expect(metrics.map { $0["metric"] } == ["nps", "csat", "ces", "ces", "repurchase"])
        #expect(metrics[2]["convention"] == "fiveToSeven")
        #expect(metrics[3]["easy"] == .null)
        #expect(metrics[3]["score"] == 4)
        #expect(metrics[4]["intending"] == 1)
        #expect(metrics[0]["weighting"]?["sumOfWeights"] == 4)
        let breakdown = try #require(value["breakdowns"]?.listValue?.first)
        #expect(breakdown["unanswered"] == 1)
        let group = try #require(breakdown["groups"]?.listValue?.first)
        #expect(group["key"] == "x")
        #expect(group["metrics"]?.listValue?.count == 5)
        #expect(group["metrics"]?.listValue?.first?["score"] == 100)
    }

    @Test func `numbers are not rounded, and what is missing is null`() throws {
        var builder = try ReportBuilder(
            ReportPlan(metrics: [MetricColumn(question: "c", label: "C", kind: .csat)]))
        #expect(builder.report().value["metrics"]?.listValue?.first?["share"] == .null)
        for score in [5.0, 1, 1] { try builder.add(.init(metrics: [score])) }
        let metric = try #require(builder.report().value["metrics"]?.listValue?.first)
        #expect(metric["share"] == .number(100 * (1.0 / 3)))
        #expect(metric["weighting"] == .null)
        #expect(builder.report().value["weight"] == .null)
    }
}
