/// How easy people found it to get something done: "The company made it easy for me", from disagreement to agreement.
///
/// There is no one way to compute it, so that a result always says which convention it follows, and it keeps the raw
/// scores, from which any other can be had. The upper end of the scale is the easy one in all of them.
public struct CustomerEffort: Sendable, Hashable {
    /// What is made of the scores.
    public enum Convention: String, Sendable, Hashable, CaseIterable {
        /// Percent of answers in the upper two boxes: 4 and 5 of five.
        case topTwo
        /// Percent of answers from 5 to 7 on the scale 1...7.
        case fiveToSeven
        /// The mean of the scores, on the scale.
        case mean

        /// The customary one: 5 to 7 of seven, the top two of any other scale.
        public static func customary(for scale: ClosedRange<Int>) -> Convention {
            scale == 1...7 ? .fiveToSeven : .topTwo
        }

        /// Whether it is defined on `scale`.
        public func isDefined(on scale: ClosedRange<Int>) -> Bool {
            switch self {
            case .topTwo: scale.count > 2
            case .fiveToSeven: scale == 1...7
            case .mean: true
            }
        }
    }

    public var convention: Convention
    /// The number of answers.
    public var n: Int
    /// Answers that the convention counts as easy, never weighted; nil for the mean.
    public var successes: Int?
    /// Percent, or the mean on the scale; nil without answers.
    public var score: Double?
    /// Wilson's interval of a percentage; ȳ ± z · s/√n of a mean, with the linearised standard error for a weighted one,
    /// cut off at the ends of the scale. Nil without answers, and for a mean of one answer.
    public var interval: ConfidenceInterval?
    /// Mean, standard deviation and distribution of the raw scores.
    public var scores: ScoreDistribution
    /// Nil where every answer counts once.
    public var weighting: Weighting?

    /// - Parameter convention: one that is defined on the scale of the tally.
    public init(_ tally: ScoreTally, convention: Convention) {
        precondition(convention.isDefined(on: tally.scale), "the convention is defined on the scale")
        self.convention = convention
        switch convention {
        case .topTwo, .fiveToSeven:
            let share = TopBoxShare(tally, points: convention == .topTwo ? 2 : 3)
            n = share.n
            successes = share.successes
            score = share.share
            interval = share.interval
            scores = share.scores
            weighting = share.weighting
        case .mean:
            let estimate = WeightedEstimate(tally) { Double($0) }
            n = tally.n
            score = estimate?.mean
            scores = ScoreDistribution(tally)
            weighting = Weighting(estimate, isWeighted: tally.isWeighted, unit: 1)
            if let estimate, let standardError = estimate.standardError {
                interval = .wald(mean: estimate.mean, standardError: standardError, scale: tally.scale)
            }
        }
    }
}
