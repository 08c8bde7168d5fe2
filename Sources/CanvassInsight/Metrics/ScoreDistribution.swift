/// How the raw scores of a rating question are spread, which no metric made of them says.
public struct ScoreDistribution: Sendable, Hashable {
    /// The answers that gave one score.
    public struct Entry: Sendable, Hashable {
        public var score: Int
        /// Answers, never weighted.
        public var n: Int
        /// Percent of all answers, weighted where weights were asked for; nil when there are none.
        public var share: Double?
    }

    public var scale: ClosedRange<Int>
    /// One entry a score of the scale, from the lowest, those that nobody gave included.
    public var entries: [Entry]
    /// The number of answers.
    public var n: Int
    /// Σ wy / Σ w, on the scale; nil without answers.
    public var mean: Double?
    /// √(n/(n − 1) · Σ w(y − ȳ)² / Σ w), on the scale; nil for fewer than two answers.
    public var standardDeviation: Double?

    public init(_ tally: ScoreTally) {
        let estimate = WeightedEstimate(tally) { Double($0) }
        scale = tally.scale
        n = tally.n
        mean = estimate?.mean
        standardDeviation = estimate?.standardDeviation
        entries = tally.bins.enumerated().map { index, bin in
            let weight = tally.isWeighted ? bin.weight : Double(bin.n)
            return Entry(
                score: tally.scale.lowerBound + index, n: bin.n, share: estimate.map { 100 * weight / $0.sumOfWeights })
        }
    }
}
