import CanvassCoding
import CanvassCommandLine
import Foundation

/// The results as a table for each benchmark, or as one JSON document.
struct Presentation {
    private let output: Output

    init(_ output: Output) {
        self.output = output
    }

    /// Prints what one benchmark found, at once: the next may take a while.
    func show(_ outcome: BenchmarkOutcome) {
        var table = Table([
            .init("figure"), .init("median", .right), .init("p99", .right), .init("anchor"), .init("median", .right),
            .init("ratio", .right), .init("limit", .right), .init(""),
        ])
        for figure in outcome.figures { table.add(row(figure)) }
        if !outcome.figures.isEmpty { output.print(table) }
        for omission in outcome.omissions {
            output.print("\("skipped", .magenta) \(omission.what): \(omission.reason)")
        }
        if let bytes = outcome.peakMemoryBytes, !outcome.figures.isEmpty {
            output.print("\("peak memory \(FigureUnit.bytes.text(Double(bytes)))", .dim)")
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

    private func row(_ figure: Figure) -> [StyledText] {
        let isSingle = figure.samples.count == 1
        let verdict: StyledText =
            switch figure.verdict {
            case .ok: "\("ok", .green)"
            case .over: "\("over", [.bold, .red])"
            case nil: ""
            }
        return [
            StyledText(figure.name), StyledText(figure.unit.text(figure.samples.median), .bold),
            StyledText(isSingle ? "" : figure.unit.text(figure.samples.percentile99)),
            StyledText(figure.anchor?.name ?? ""),
            StyledText(figure.anchor.map { figure.unit.text($0.samples.median) } ?? ""),
            StyledText(figure.ratio.map(FigureUnit.multiple) ?? ""), StyledText(figure.limitText), verdict,
        ]
    }

    private func value(_ outcome: BenchmarkOutcome) -> Value {
        [
            "name": .text(outcome.benchmark), "figures": .list(outcome.figures.map(value)),
            "skipped": .list(
                outcome.omissions.map { ["what": .text($0.what), "reason": .text($0.reason)] }),
            "peakMemoryBytes": outcome.peakMemoryBytes.map { .integer(Int64($0)) } ?? .null,
        ]
    }

    private func value(_ figure: Figure) -> Value {
        let limit: Value =
            switch figure.limit {
            case .value(let greatest): ["value": Value(greatest)]
            case .ratio(let greatest): ["ratio": Value(greatest)]
            case nil: .null
            }
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
            "ratio": figure.ratio.map { Value($0) } ?? .null, "limit": limit,
            "verdict": figure.verdict.map { .text($0.rawValue) } ?? .null,
        ]
    }
}
