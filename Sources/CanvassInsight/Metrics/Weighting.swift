/// How much a weighted figure can be relied on; unweighted figures have none.
public struct Weighting: Sendable, Hashable {
    public var sumOfWeights: Double
    /// (Σ w)² / Σ w², the effective sample size going by the weights alone (Kish).
    public var kishEffectiveN: Double
    /// n divided by the design effect of the figure: the sample size its interval was taken at, at most n.
    public var designEffectiveN: Double
    /// √(n/(n − 1) · Σ w²(y − ȳ)²) / Σ w, the standard error by Taylor linearisation in the unit of the figure (points
    /// or percent, or the scale's own for a mean); nil for one answer.
    public var standardError: Double?

    /// - Parameter unit: what a 1 of the estimated quantity is in the figure's unit: 100 for percent and points.
    init?(_ estimate: WeightedEstimate?, isWeighted: Bool, unit: Double) {
        guard isWeighted, let estimate else { return nil }
        sumOfWeights = estimate.sumOfWeights
        kishEffectiveN = estimate.kishEffectiveN
        designEffectiveN = estimate.designEffectiveN
        standardError = estimate.standardError.map { $0 * unit }
    }
}
