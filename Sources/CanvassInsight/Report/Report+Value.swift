public import CanvassCoding

extension Report {
    /// The report as a document for machines. Its form is stable: keys are lowerCamelCase and only ever added to, every
    /// key named here is always there, what cannot be computed is null, numbers are not rounded, and points and
    /// percents are those of the Swift types.
    ///
    ///     {"responses", "flagged", "weight": question or null, "confidence": 95,
    ///      "metrics": [metric],
    ///      "breakdowns": [{"name", "label", "unanswered",
    ///                      "groups": [{"key", "label", "responses", "metrics": [metric]}]}]}
    ///
    /// A metric begins with {"metric", "question", "label", "n"}, goes on by its kind
    ///
    /// | metric | members |
    /// | --- | --- |
    /// | nps | promoters, passives, detractors, promoterShare, passiveShare, detractorShare, score |
    /// | csat | satisfied, share |
    /// | repurchase | intending, share |
    /// | ces | convention, easy (null for the mean), score |
    ///
    /// and ends with {"low", "high", "mean", "standardDeviation", "scale": [lowest, highest],
    /// "distribution": [{"score", "n", "share"}], "unanswered", "outOfScale", "missingWeight", "weighting": null or
    /// {"sumOfWeights", "kishEffectiveN", "designEffectiveN", "standardError"}}.
    public var value: Value {
        [
            "responses": Value(responses),
            "flagged": Value(flagged),
            "weight": weightColumn.map { .text($0) } ?? .null,
            "confidence": 95,
            "metrics": .list(metrics.map(\.value)),
            "breakdowns": .list(breakdowns.map(\.value)),
        ]
    }
}

extension BreakdownResult {
    /// See `Report.value`.
    public var value: Value {
        [
            "name": .text(name),
            "label": .text(label),
            "unanswered": Value(unanswered),
            "groups": .list(
                groups.map { group in
                    [
                        "key": .text(group.key),
                        "label": .text(group.label),
                        "responses": Value(group.responses),
                        "metrics": .list(group.metrics.map(\.value)),
                    ]
                }),
        ]
    }
}

extension MetricResult {
    /// See `Report.value`.
    public var value: Value {
        let head: [Value.Member] = [
            .init("metric", .text(kind.rawValue)),
            .init("question", .text(question)),
            .init("label", .text(label)),
            .init("n", Value(n)),
        ]
        let tail: [Value.Member] = [
            .init("low", Value(interval?.low)),
            .init("high", Value(interval?.high)),
            .init("mean", Value(scores.mean)),
            .init("standardDeviation", Value(scores.standardDeviation)),
            .init("scale", [Value(scores.scale.lowerBound), Value(scores.scale.upperBound)]),
            .init("distribution", .list(scores.entries.map(\.value))),
            .init("unanswered", Value(unanswered)),
            .init("outOfScale", Value(outOfScale)),
            .init("missingWeight", Value(missingWeight)),
            .init("weighting", weighting?.value ?? .null),
        ]
        return .map(head + figureMembers + tail)
    }

    /// What only this kind of metric has.
    private var figureMembers: [Value.Member] {
        switch figure {
        case .netPromoterScore(let score):
            [
                .init("promoters", Value(score.promoters)),
                .init("passives", Value(score.passives)),
                .init("detractors", Value(score.detractors)),
                .init("promoterShare", Value(score.promoterShare)),
                .init("passiveShare", Value(score.passiveShare)),
                .init("detractorShare", Value(score.detractorShare)),
                .init("score", Value(score.score)),
            ]
        case .topBoxShare(let share):
            [
                .init(kind == .repurchase ? "intending" : "satisfied", Value(share.successes)),
                .init("share", Value(share.share)),
            ]
        case .customerEffort(let effort):
            [
                .init("convention", .text(effort.convention.rawValue)),
                .init("easy", effort.successes.map { Value($0) } ?? .null),
                .init("score", Value(effort.score)),
            ]
        }
    }
}

extension ScoreDistribution.Entry {
    fileprivate var value: Value { ["score": Value(score), "n": Value(n), "share": Value(share)] }
}

extension Weighting {
    fileprivate var value: Value {
        [
            "sumOfWeights": Value(sumOfWeights),
            "kishEffectiveN": Value(kishEffectiveN),
            "designEffectiveN": Value(designEffectiveN),
            "standardError": Value(standardError),
        ]
    }
}

extension Value {
    fileprivate init(_ count: Int) { self = .integer(Int64(count)) }

    fileprivate init(_ figure: Double?) { self = figure.map { Value($0) } ?? .null }
}
