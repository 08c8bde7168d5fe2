/// The share of people who chose one of the upper boxes of a rating scale: customer satisfaction (CSAT) and repurchase
/// intent are the upper two of five.
///
/// With k of n answers in the upper boxes the share is 100 k/n percent; with weights w it is 100 Σ wy / Σ w, where y is
/// 1 in the upper boxes and 0 elsewhere. The mean of the scores is a figure of its own, in `scores`.
///
/// For example 80 of 100 are 80 percent, 71.12 to 86.66.
public struct TopBoxShare: Sendable, Hashable {
    /// The scores that count as a success, for example 4...5.
    public var boxes: ClosedRange<Int>
    /// Answers in the upper boxes, never weighted.
    public var successes: Int
    /// The number of answers.
    public var n: Int
    /// Percent, weighted where weights were asked for; nil without answers.
    public var share: Double?
    /// Percent, by Wilson's interval (`ConfidenceInterval.wilson`); a weighted share takes it at
    /// `Weighting.designEffectiveN`. Nil without answers.
    public var interval: ConfidenceInterval?
    /// Mean, standard deviation and distribution of the raw scores.
    public var scores: ScoreDistribution
    /// Nil where every answer counts once.
    public var weighting: Weighting?

    /// - Parameters:
    ///   - tally: answers on a scale whose upper end is the good one.
    ///   - points: how many of the upper scores are a success, 1 or more.
    public init(_ tally: ScoreTally, points: Int = 2) {
        precondition(points >= 1 && points < tally.scale.count, "at least one box is no success")
        let boxes = tally.top(points)
        let estimate = WeightedEstimate(tally) { boxes.contains($0) ? 1 : 0 }
        self.boxes = boxes
        successes = tally.count(of: boxes)
        n = tally.n
        scores = ScoreDistribution(tally)
        share = estimate.map { 100 * $0.mean }
        if tally.isWeighted {
            interval = estimate.map { .wilson(proportion: min(1, $0.mean), n: $0.designEffectiveN) }
        } else {
            interval = .wilson(successes: successes, of: n)
        }
        weighting = Weighting(estimate, isWeighted: tally.isWeighted, unit: 100)
    }
}
