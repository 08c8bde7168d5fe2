import CanvassInsight
import Foundation
import TestSupport
import Testing

/// The published survey of 2,831 passengers, against figures computed from the same file in Python: the unweighted ones
/// stand in its README, the weighted ones come from numpy and statsmodels by the formulas in the documentation.
@Suite(.enabled(if: SharedData.isSFO2017Present)) struct SFO2017Tests {
    /// NETPRO and Q7ALL by STRATA.
    static func report(isWeighted: Bool) throws -> Report {
        let rows = try records()
        let header = try #require(rows.first)
        func column(_ name: String) throws -> Int { try #require(header.firstIndex(of: name)) }
        let (score, overall) = try (column("NETPRO"), column("Q7ALL"))
        let (stratum, weight) = try (column("STRATA"), column("WEIGHT"))
        var builder = try ReportBuilder(
            ReportPlan(
                metrics: [
                    MetricColumn(question: "NETPRO", label: "Would recommend", kind: .nps),
                    MetricColumn(question: "Q7ALL", label: "Airport as a whole", kind: .csat),
                ],
                breakdowns: [Breakdown(name: "STRATA", label: "Stratum")], weightColumn: isWeighted ? "WEIGHT" : nil))
        for row in rows.dropFirst() {
            try builder.add(
                .init(
                    metrics: [Double(row[score]), Double(row[overall])], keys: [row[stratum]],
                    weight: Double(row[weight])))
        }
        return builder.report(flagged: 1)
    }

    /// Fields of the file, in which quotes surround what holds a comma and no field holds a line break.
    static func records() throws -> [[String]] {
        let text = try String(contentsOf: SharedData.sfo2017.appending(path: "responses.csv"), encoding: .utf8)
        return text.split(whereSeparator: \.isNewline).map { line in
            var fields = [""]
            var isQuoted = false
            for character in line {
                switch character {
                case "\"": isQuoted.toggle()
                case "," where !isQuoted: fields.append("")
                default: fields[fields.count - 1].append(character)
                }
            }
            return fields
        }
    }

    @Test func `unweighted figures are the published ones`() throws {
        let report = try Self.report(isWeighted: false)
        #expect(report.responses == 2831)
        guard case .netPromoterScore(let score) = report.metrics[0].figure,
            case .topBoxShare(let share) = report.metrics[1].figure
        else {
            Issue.record("other figures than were planned")
            return
        }
        #expect(score.promoters == 1436)
        #expect(score.passives == 968)
        #expect(score.detractors == 342)
        #expect(isClose(score.score, 39.8398, within: 0.00005))
        #expect(isClose(score.interval?.low, 37.1824, within: 0.00005))
        #expect(isClose(score.interval?.high, 42.4102, within: 0.00005))
        #expect(report.metrics[0].outOfScale == 84)
        #expect(report.metrics[0].unanswered == 1)
        #expect(share.successes == 2206)
        #expect(share.n == 2688)
        #expect(isClose(share.share, 82.0685, within: 0.00005))
        #expect(isClose(share.interval?.low, 80.5728, within: 0.00005))
        #expect(isClose(share.interval?.high, 83.4726, within: 0.00005))
        #expect(isClose(share.scores.mean, 4.0644, within: 0.00005))
        #expect(isClose(share.scores.standardDeviation, 0.6992647793472544))
    }

    @Test func `the score by stratum is the published one`() throws {
        let groups = try Self.report(isWeighted: false).breakdowns[0].groups
        #expect(groups.map(\.key) == ["1", "2", "3"])
        #expect(groups.map { $0.metrics[0].n } == [977, 1002, 767])
        #expect(groups.reduce(0) { $0 + $1.responses } == 2831)
        for (group, score) in zip(groups, [45.7523, 32.6347, 41.7210]) {
            #expect(isClose(group.metrics[0].headline, score, within: 0.00005))
        }
    }

    @Test func `weighted figures agree with numpy`() throws {
        let metrics = try Self.report(isWeighted: true).metrics
        let (score, share) = (metrics[0], metrics[1])
        #expect(isClose(score.headline, 40.39843551170741))
        #expect(isClose(score.interval?.low, 37.513947662971766, within: 1e-8))
        #expect(isClose(score.interval?.high, 43.17775946577522, within: 1e-8))
        #expect(isClose(score.weighting?.standardError, 1.4457249769270025))
        #expect(isClose(score.weighting?.kishEffectiveN, 2266.5123550867424, within: 1e-6))
        #expect(isClose(score.weighting?.designEffectiveN, 2301.884331602347, within: 1e-6))
        #expect(isClose(share.headline, 82.27930648505821))
        #expect(isClose(share.interval?.low, 80.6408303323492, within: 1e-8))
        #expect(isClose(share.interval?.high, 83.80695539384956, within: 1e-8))
        #expect(isClose(share.scores.mean, 4.071202637939741))
        #expect(metrics.map(\.missingWeight) == [0, 0])
    }
}
