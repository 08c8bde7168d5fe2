/// A rating question and the metric it feeds.
public struct MetricColumn: Sendable, Hashable {
    /// The metrics by the names that `canvass::metric` uses.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case nps, csat, ces, repurchase

        /// The scale of a question whose choices do not say.
        public var defaultScale: ClosedRange<Int> {
            self == .nps ? NetPromoterScore.scale : 1...5
        }
    }

    /// The question's name.
    public var question: String
    /// What a reader is shown for it.
    public var label: String
    public var kind: Kind
    /// The scores that count as answers, the upper end being the good one.
    public var scale: ClosedRange<Int>
    /// How customer effort is computed; other metrics ignore it.
    public var convention: CustomerEffort.Convention

    /// - Parameters:
    ///   - scale: nil for the kind's default; `scale(ofCodes:missing:)` finds it from choices.
    ///   - convention: nil for the customary one of the scale.
    public init(
        question: String, label: String, kind: Kind, scale: ClosedRange<Int>? = nil,
        convention: CustomerEffort.Convention? = nil
    ) {
        let scale = scale ?? kind.defaultScale
        self.question = question
        self.label = label
        self.kind = kind
        self.scale = scale
        self.convention = convention ?? .customary(for: scale)
    }

    /// The scale that a question's choice codes span, leaving aside those that mean 'no answer' and those that are no
    /// whole numbers: "1" to "6" and "Blank" with "6" and "Blank" missing are 1...5.
    ///
    /// - Returns: nil when no two scores are left.
    public static func scale(ofCodes codes: [String], missing: [String] = []) -> ClosedRange<Int>? {
        let scores = codes.filter { !missing.contains($0) }.compactMap { Int($0) }
        guard let low = scores.min(), let high = scores.max(), low < high else { return nil }
        return low...high
    }

    /// - Throws: `InsightError` when the metric cannot be computed on the scale.
    func validate() throws(InsightError) {
        func unusable(_ reason: String, _ remedy: String) -> InsightError {
            InsightError(code: .unusableScale, name: question, reason: reason, remedy: remedy)
        }
        guard ScoreTally.isUsable(scale: scale) else {
            throw unusable(
                "the scale \(scale) is not one of 2 to 101 points", "List the scores as choices, such as 1 to 5")
        }
        switch kind {
        case .nps where scale != NetPromoterScore.scale:
            throw unusable(
                "the Net Promoter Score is defined on 0 to 10, not on \(scale)",
                "Ask for 0 to 10, or declare the question as csat")
        case .csat where scale.count <= 2, .repurchase where scale.count <= 2:
            throw unusable(
                "the top two of the scale \(scale) are all of it", "Give the question three or more scores")
        case .ces where !convention.isDefined(on: scale):
            throw unusable(
                "the convention \(convention.rawValue) is not defined on the scale \(scale)",
                "Choose another convention, such as the mean")
        default:
            break
        }
    }

    /// The metric of tallied answers.
    func result(_ tally: ScoreTally) -> MetricResult {
        let figure: MetricResult.Figure =
            switch kind {
            case .nps: .netPromoterScore(NetPromoterScore(tally))
            case .csat, .repurchase: .topBoxShare(TopBoxShare(tally))
            case .ces: .customerEffort(CustomerEffort(tally, convention: convention))
            }
        return MetricResult(
            question: question, label: label, kind: kind, figure: figure, scores: ScoreDistribution(tally),
            unanswered: tally.unanswered, outOfScale: tally.outOfScale, missingWeight: tally.missingWeight)
    }
}
