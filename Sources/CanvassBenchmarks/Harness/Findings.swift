import CanvassCommandLine

/// What the figures of a run come to, held against their limits and targets.
struct Findings {
    private let judged: [(benchmark: String, figure: Figure, threshold: Threshold)]
    /// Limits that belong to no figure of a benchmark that ran whole, as "BENCHMARK: FIGURE".
    let stale: [String]

    init(_ outcomes: [BenchmarkOutcome], _ session: BenchmarkSession, _ thresholds: Thresholds) {
        judged = outcomes.flatMap { outcome in
            outcome.judged.compactMap { figure in
                thresholds[outcome.benchmark, figure.name].map { (outcome.benchmark, figure, $0) }
            }
        }
        // A small run has figures of other names, and what was skipped has none.
        stale =
            session.isQuick || session.isMillion
            ? []
            : outcomes.filter(\.omissions.isEmpty).flatMap { outcome in
                thresholds.unknown(outcome.benchmark, besides: outcome.judged.map(\.name)).map {
                    "\(outcome.benchmark): \($0)"
                }
            }
    }

    private var over: [(benchmark: String, figure: Figure, threshold: Threshold)] {
        judged.filter { $0.threshold.verdict(on: $0.figure) == .over }
    }

    private var missed: [(benchmark: String, figure: Figure, threshold: Threshold)] {
        judged.filter { $0.threshold.target?.isKept(by: $0.figure) == false }
    }

    /// Says of every target that is missed, and of every limit that is exceeded, what was measured, and what to do.
    func explain(on output: Output) {
        let targets = judged.count { $0.threshold.target != nil }
        if targets > 0 {
            output.print("\(targets - missed.count) of \(targets) targets are met.")
            for (benchmark, figure, threshold) in missed {
                let target = threshold.target?.text(figure.unit) ?? ""
                output.print("\("missed", .magenta) \(benchmark): \(figure.name): \(figure.measurement); \(target)")
            }
            output.print()
        }
        for (benchmark, figure, threshold) in over {
            output.print("\("over", [.bold, .red]) \(benchmark): \(figure.name)")
            var facts = KeyValueList()
            facts.add("  measured", figure.measurement)
            facts.add("  limit", "\(threshold.limit?.text(figure.unit) ?? ""): \(threshold.source)")
            facts.add("  do", threshold.remedy)
            output.print(facts)
            output.print()
        }
    }

    /// - Throws: unless every limit is kept, and belongs to a figure.
    func requireKept() throws(UserError) {
        guard over.isEmpty else {
            throw UserError(
                code: "limit.exceeded",
                over.count == 1 ? "one figure is over its limit" : "\(over.count) figures are over their limits",
                why: over.map { "\($0.benchmark): \($0.threshold.explanation(of: $0.figure))" }
                    .joined(separator: "; "),
                remedy: over.map(\.threshold.remedy).reduce(into: [String]()) { remedies, remedy in
                    if !remedies.contains(remedy) { remedies.append(remedy) }
                }.joined(separator: "; "))
        }
        guard stale.isEmpty else {
            throw UserError(
                code: "limit.stale", "a limit belongs to no figure", why: stale.joined(separator: "; "),
                remedy: "name the figure in thresholds.json as the benchmark names it")
        }
    }
}
