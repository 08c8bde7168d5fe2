import Canvass
import CanvassCommandLine
import CanvassInsight

/// A report as `canvass report` shows it: never wider than 80 columns.
struct ReportText {
    private let report: SurveyReport

    init(_ report: SurveyReport) {
        self.report = report
    }

    func print(to output: Output) {
        ReportPrinter(report: report, output: output).print()
    }
}

private struct ReportPrinter {
    let report: SurveyReport
    let output: Output

    private static let mostGroups = 12
    /// More scores beside each other would leave no room for the names of the groups.
    private static let mostMetrics = 2

    private var width: Int { output.textWidth }
    private var isUTF8: Bool { output.standard.capabilities.isUTF8 }
    private var ellipsis: String { isUTF8 ? "…" : "..." }

    func print() {
        let figures = report.report
        output.print("\(report.survey.title, .bold)")
        var counts = CountText.of(figures.responses, "response")
        if figures.flagged > 0 { counts += ", \(NumberText.grouped(Int64(figures.flagged))) of them flagged" }
        if let weight = figures.weightColumn { counts += ", weighted by \(weight)" }
        output.print("\(counts)")
        if figures.metrics.isEmpty {
            output.print()
            output.print("No scores: no question of this survey has a canvass::metric.")
        }
        for metric in figures.metrics {
            output.print()
            print(metric)
        }
        for breakdown in figures.breakdowns where !breakdown.groups.isEmpty {
            output.print()
            print(breakdown)
        }
    }

    private func print(_ metric: MetricResult) {
        let title: StyledText = "\(metric.title, .bold)  \(metric.question): \(metric.label)"
        output.print(title.truncated(to: width, ellipsis: ellipsis))
        guard metric.n > 0 else {
            output.print("  no answers")
            return
        }
        let mean = metric.scores.mean.map { FixedDecimal.text($0, decimals: 2) } ?? "–"
        output.print(
            "  \(metric.headlineText, .bold)  \(metric.intervalText)  n = \(NumberText.grouped(Int64(metric.n)))")
        switch metric.figure {
        case .netPromoterScore(let score):
            printBar(score)
            output.print("  mean \(mean) on 0 to 10")
        case .topBoxShare(let share):
            output.print("  answers \(share.boxes.text); mean \(mean) on \(metric.scores.scale.text)")
        case .customerEffort(let effort):
            output.print("  \(effort.convention.text); mean \(mean) on \(metric.scores.scale.text)")
        }
        let remarks = metric.remarks
        if !remarks.isEmpty { output.print("  \(remarks, .dim)") }
    }

    private func printBar(_ score: NetPromoterScore) {
        var bar: StyledText = "  "
        for segment in NetPromoterBar(score).text(width: width - 4, ascii: !isUTF8) {
            bar += StyledText(segment.text, segment.part.style)
        }
        output.print(bar)
        let shares = [
            ("detractors", score.detractorShare, Style.red), ("passives", score.passiveShare, .dim),
            ("promoters", score.promoterShare, .green),
        ]
        var legend: StyledText = "  "
        for (index, (name, share, style)) in shares.enumerated() {
            let percent = share.map { FixedDecimal.text($0, decimals: 1) } ?? "–"
            legend += (index == 0 ? "" : ", ") + StyledText("\(percent) % \(name)", style)
        }
        output.print(legend)
    }
}

extension ReportPrinter {
    private func print(_ breakdown: BreakdownResult) {
        let title = breakdown.label == breakdown.name ? breakdown.name : "\(breakdown.name): \(breakdown.label)"
        output.print((StyledText("By ", .bold) + StyledText(title, .bold)).truncated(to: width, ellipsis: ellipsis))
        let metrics = tableMetrics
        var table = Table(
            [.init("  GROUP"), .init("RESPONSES", .right)]
                + metrics.flatMap { index in
                    [Table.Column(report.report.metrics[index].shortTitle, .right), .init("95 %", .right)]
                })
        let shown = groups(of: breakdown)
        for group in shown {
            let label = group.label == group.key ? group.key : "\(group.key) \(group.label)"
            table.add(
                ["  \(label)", StyledText(NumberText.grouped(Int64(group.responses)))]
                    + metrics.flatMap { index in
                        [
                            StyledText(group.metrics[index].headlineShort),
                            StyledText(group.metrics[index].intervalShort),
                        ]
                    })
        }
        for line in table.lines(width: width, ellipsis: ellipsis) { output.print(line) }
        let rest = breakdown.groups.count - shown.count
        if rest > 0 { output.print("  \(ellipsis) \(rest) more; --json has all of them") }
        if breakdown.unanswered > 0 {
            output.print("  \(NumberText.grouped(Int64(breakdown.unanswered))) without a value")
        }
    }

    /// Which metrics stand in the tables of groups: the best known, each kind once.
    private var tableMetrics: [Int] {
        let kinds = report.report.metrics.map(\.kind)
        return MetricColumn.Kind.allCases.compactMap { kinds.firstIndex(of: $0) }.prefix(Self.mostMetrics).sorted()
    }

    /// All groups in their order, or where there are many, the largest first.
    private func groups(of breakdown: BreakdownResult) -> ArraySlice<BreakdownResult.Group> {
        guard breakdown.groups.count > Self.mostGroups else {
            // Free answers are in the order of their bytes, where 10 comes before 2.
            let numbers = breakdown.groups.compactMap { $0.label == $0.key ? Int($0.key) : nil }
            guard numbers.count == breakdown.groups.count else { return breakdown.groups[...] }
            return zip(numbers, breakdown.groups).sorted { $0.0 < $1.0 }.map(\.1)[...]
        }
        return breakdown.groups.sorted { $0.responses > $1.responses }.prefix(Self.mostGroups)
    }
}

extension NetPromoterBar.Part {
    fileprivate var style: Style {
        switch self {
        case .detractors: .red
        case .passives: .dim
        case .promoters: .green
        }
    }
}

extension ClosedRange<Int> {
    fileprivate var text: String { "\(lowerBound) to \(upperBound)" }
}

extension CustomerEffort.Convention {
    fileprivate var text: String {
        switch self {
        case .topTwo: "the two easiest answers"
        case .fiveToSeven: "answers 5 to 7"
        case .mean: "the mean of the answers"
        }
    }
}

extension MetricResult {
    fileprivate var title: String {
        switch kind {
        case .nps: "Net Promoter Score"
        case .csat: "Satisfaction"
        case .ces: "Customer effort"
        case .repurchase: "Repurchase intent"
        }
    }

    fileprivate var shortTitle: String {
        switch kind {
        case .nps: "NPS"
        case .csat: "CSAT %"
        case .ces: isMean ? "CES" : "CES %"
        case .repurchase: "AGAIN %"
        }
    }

    private var isMean: Bool {
        if case .customerEffort(let effort) = figure { effort.convention == .mean } else { false }
    }

    /// "+40.6 points", "81.2 %", "5.43 of 7"
    fileprivate var headlineText: String {
        switch kind {
        case .nps: "\(headlineShort) points"
        case .ces where isMean: "\(headlineShort) of \(scores.scale.upperBound)"
        default: "\(headlineShort) %"
        }
    }

    fileprivate var headlineShort: String { headline.map(text) ?? "–" }

    /// "33.7 to 47.3"
    fileprivate var intervalShort: String {
        interval.map { "\(text($0.low)) to \(text($0.high))" } ?? "–"
    }

    fileprivate var intervalText: String {
        interval.map { "(95 %: \(text($0.low)) to \(text($0.high)))" } ?? "(no interval)"
    }

    private func text(_ number: Double) -> String {
        let digits = FixedDecimal.text(number, decimals: isMean ? 2 : 1)
        return kind == .nps && number > 0 && !digits.allSatisfy({ $0 == "0" || $0 == "." }) ? "+" + digits : digits
    }

    /// What was left out: "12 unanswered, 3 outside the scale"
    fileprivate var remarks: String {
        [(unanswered, "unanswered"), (outOfScale, "outside the scale"), (missingWeight, "without a weight")]
            .filter { $0.0 > 0 }.map { "\(NumberText.grouped(Int64($0.0))) \($0.1)" }.joined(separator: ", ")
    }
}
