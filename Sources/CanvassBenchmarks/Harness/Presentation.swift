import CanvassCoding
import CanvassCommandLine
import Foundation

/// The results as tables for each benchmark, or as one JSON document.
struct Presentation {
    private let output: Output
    private let thresholds: Thresholds

    init(_ output: Output, _ thresholds: Thresholds) {
        self.output = output
        self.thresholds = thresholds
    }

    /// Prints what one benchmark found, at once: the next may take a while.
    func show(_ outcome: BenchmarkOutcome) {
        if !outcome.figures.isEmpty { output.print(table(outcome)) }
        if let first = outcome.growths.first { show(outcome.growths, like: first, of: outcome.benchmark) }
        for omission in outcome.omissions {
            output.print("\("skipped", .magenta) \(omission.what): \(omission.reason)")
        }
        if !outcome.judged.isEmpty {
            let memory = outcome.peakMemoryBytes.map { ", peak memory \(FigureUnit.bytes.text(Double($0)))" } ?? ""
            output.print("\("in \(FigureUnit.seconds.text(outcome.seconds))\(memory)", .dim)")
        }
        output.print()
        output.standard.flush()
    }

    /// Prints the JSON document.
    func finish(_ outcomes: [BenchmarkOutcome], _ session: BenchmarkSession) {
        guard output.isJSON else { return }
        output.emit([
            "quick": .bool(session.isQuick), "processors": .integer(Int64(ProcessInfo.processInfo.processorCount)),
            "benchmarks": .list(outcomes.map(value)),
        ])
    }

    // MARK: For people

    private func table(_ outcome: BenchmarkOutcome) -> Table {
        var table = Table([
            .init("figure"), .init("median", .right), .init("p99", .right), .init("anchor"), .init("median", .right),
            .init("ratio", .right), .init("target", .right), .init(""), .init("limit", .right), .init(""),
        ])
        for figure in outcome.figures {
            let isSingle = figure.samples.count == 1
            table.add(
                [
                    StyledText(figure.name), StyledText(figure.unit.text(figure.samples.median), .bold),
                    StyledText(isSingle ? "" : figure.unit.text(figure.samples.percentile99)),
                    StyledText(figure.anchor?.name ?? ""),
                    StyledText(figure.anchor.map { figure.unit.text($0.samples.median) } ?? ""),
                    StyledText(figure.ratio.map(FigureUnit.multiple) ?? ""),
                ] + judgement(of: figure, in: outcome.benchmark))
        }
        return table
    }

    private func show(_ growths: [Growth], like first: Growth, of benchmark: String) {
        var table = Table(
            [.init("figure")] + first.points.map { .init(FigureUnit.grouped($0.size), .right) } + [
                .init("p99", .right), .init("factor", .right), .init("of n", .right), .init("of n log n", .right),
                .init("may grow"),
                .init("target", .right), .init(""), .init("limit", .right), .init(""),
            ])
        for growth in growths {
            table.add(
                [StyledText(growth.name)]
                    + growth.points.map { StyledText(growth.unit.text($0.samples.median)) } + [
                        StyledText(growth.unit.text(growth.figure.samples.percentile99)),
                        StyledText(FigureUnit.multiple(growth.factor), .bold),
                        StyledText(FigureUnit.multiple(growth.factor / growth.sizeFactor)),
                        StyledText(FigureUnit.multiple(growth.factor / growth.linearithmicFactor)),
                        StyledText(growth.order.rawValue),
                    ] + judgement(of: growth.figure, in: benchmark))
        }
        output.print(table)
    }

    /// Target and limit, each with whether it is kept.
    private func judgement(of figure: Figure, in benchmark: String) -> [StyledText] {
        let threshold = thresholds[benchmark, figure.name]
        let target: StyledText =
            switch threshold?.target?.isKept(by: figure) {
            case true?: "\("met", .green)"
            case false?: "\("missed", .magenta)"
            case nil: ""
            }
        let verdict: StyledText =
            switch threshold?.verdict(on: figure) {
            case .ok: "\("ok", .green)"
            case .over: "\("over", [.bold, .red])"
            case nil: ""
            }
        return [
            StyledText(threshold?.target?.text(figure.unit) ?? ""), target,
            StyledText(threshold?.limit?.text(figure.unit) ?? ""), verdict,
        ]
    }

    // MARK: For programs

    private func value(_ outcome: BenchmarkOutcome) -> Value {
        [
            "name": .text(outcome.benchmark),
            "figures": .list(outcome.figures.map { value($0, of: outcome.benchmark) }),
            "growth": .list(outcome.growths.map { value($0, of: outcome.benchmark) }),
            "skipped": .list(
                outcome.omissions.map { ["what": .text($0.what), "reason": .text($0.reason)] }),
            "seconds": Value(outcome.seconds),
            "peakMemoryBytes": outcome.peakMemoryBytes.map { .integer(Int64($0)) } ?? .null,
        ]
    }

    private func value(_ figure: Figure, of benchmark: String) -> Value {
        let threshold = thresholds[benchmark, figure.name]
        return [
            "name": .text(figure.name), "unit": .text(figure.unit.rawValue),
            "samples": .integer(Int64(figure.samples.count)), "median": Value(figure.samples.median),
            "p99": Value(figure.samples.percentile99),
            "anchor": figure.anchor.map { anchor in
                [
                    "name": .text(anchor.name), "samples": .integer(Int64(anchor.samples.count)),
                    "median": Value(anchor.samples.median), "p99": Value(anchor.samples.percentile99),
                ]
            } ?? .null,
            "ratio": figure.ratio.map { Value($0) } ?? .null,
            "target": threshold?.target?.value ?? .null, "stretch": threshold?.stretch?.value ?? .null,
            "targetMet": threshold?.target?.isKept(by: figure).map(Value.bool) ?? .null,
            "stretchMet": threshold?.stretch?.isKept(by: figure).map(Value.bool) ?? .null,
            "limit": threshold?.limit?.value ?? .null,
            "verdict": threshold?.verdict(on: figure).map { .text($0.rawValue) } ?? .null,
        ]
    }

    private func value(_ growth: Growth, of benchmark: String) -> Value {
        [
            "name": .text(growth.name), "unit": .text(growth.unit.rawValue),
            "mayGrow": .text(growth.order.rawValue), "factor": Value(growth.factor),
            "sizeFactor": Value(growth.sizeFactor), "linearithmicFactor": Value(growth.linearithmicFactor),
            "sizes": .list(
                growth.points.map {
                    [
                        "responses": .integer(Int64($0.size)), "samples": .integer(Int64($0.samples.count)),
                        "median": Value($0.samples.median), "p99": Value($0.samples.percentile99),
                    ]
                }), "judged": value(growth.figure, of: benchmark),
        ]
    }
}
