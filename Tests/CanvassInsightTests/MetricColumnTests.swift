import CanvassInsight
import Testing

@Suite struct MetricColumnTests {
    @Test func `the scale spans the codes that are scores`() {
        let codes = ["1", "2", "3", "4", "5", "6", "0", "Blank"]
        #expect(MetricColumn.scale(ofCodes: codes, missing: ["6", "0", "Blank"]) == 1...5)
        #expect(MetricColumn.scale(ofCodes: ["yes", "no"]) == nil)
        #expect(MetricColumn.scale(ofCodes: ["3"]) == nil)
        #expect(MetricColumn.scale(ofCodes: ["-2", "2", "99999999999999999999"]) == -2...2)
    }

    @Test func `scale and convention have the defaults of the kind`() {
        #expect(MetricColumn(question: "q", label: "Q", kind: .nps).scale == 0...10)
        #expect(MetricColumn(question: "q", label: "Q", kind: .csat).scale == 1...5)
        #expect(MetricColumn(question: "q", label: "Q", kind: .ces, scale: 1...7).convention == .fiveToSeven)
    }

    @Test(arguments: [
        MetricColumn(question: "q", label: "Q", kind: .nps, scale: 1...10),
        MetricColumn(question: "q", label: "Q", kind: .csat, scale: 1...2),
        MetricColumn(question: "q", label: "Q", kind: .repurchase, scale: 0...1),
        MetricColumn(question: "q", label: "Q", kind: .csat, scale: Int.min...Int.max),
        MetricColumn(question: "q", label: "Q", kind: .csat, scale: 4...4),
        MetricColumn(question: "q", label: "Q", kind: .ces, scale: 1...5, convention: .fiveToSeven),
        MetricColumn(question: "q", label: "Q", kind: .ces, scale: 0...1),
    ]) func `a scale that the metric cannot be computed on is refused`(column: MetricColumn) {
        let error = #expect(throws: InsightError.self) { try ReportBuilder(ReportPlan(metrics: [column])) }
        #expect(error?.code == .unusableScale)
        #expect(error?.description.hasPrefix("q: ") == true)
    }
}
