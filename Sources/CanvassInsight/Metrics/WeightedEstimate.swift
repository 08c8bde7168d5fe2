/// The mean of a quantity over the counted answers, with what its intervals need.
///
/// Unweighted answers are those whose weights are all 1, so that one set of formulas serves both.
struct WeightedEstimate {
    let n: Int
    /// Σ w, which is n without weights.
    let sumOfWeights: Double
    /// ȳ = Σ wy / Σ w.
    let mean: Double
    /// Σ w(y − ȳ)² / Σ w.
    let variance: Double
    /// (Σ w)² / Σ w²: how many equally weighted answers would tell as much, going by the weights alone (Kish).
    let kishEffectiveN: Double
    /// The standard error of the mean by Taylor linearisation, √(n/(n − 1) · Σ w²(y − ȳ)²) / Σ w; nil for one answer,
    /// which says nothing about spread. With equal weights it is s/√n.
    let standardError: Double?

    /// - Parameter quantity: y as a function of the score, for example 1 for a promoter and −1 for a detractor.
    /// - Returns: nil when nothing was counted.
    init?(_ tally: ScoreTally, of quantity: (_ score: Int) -> Double) {
        var total = 0.0
        var totalOfSquares = 0.0
        var totalOfProducts = 0.0
        var n = 0
        for (index, bin) in tally.bins.enumerated() where bin.n > 0 {
            let weight = tally.isWeighted ? bin.weight : Double(bin.n)
            n += bin.n
            total += weight
            totalOfSquares += tally.isWeighted ? bin.squaredWeight : Double(bin.n)
            totalOfProducts += weight * quantity(tally.scale.lowerBound + index)
        }
        guard n > 0 else { return nil }
        let mean = totalOfProducts / total
        var squares = 0.0
        var weightedSquares = 0.0
        for (index, bin) in tally.bins.enumerated() where bin.n > 0 {
            let deviation = quantity(tally.scale.lowerBound + index) - mean
            squares += (tally.isWeighted ? bin.weight : Double(bin.n)) * deviation * deviation
            weightedSquares += (tally.isWeighted ? bin.squaredWeight : Double(bin.n)) * deviation * deviation
        }
        self.n = n
        self.mean = mean
        sumOfWeights = total
        variance = squares / total
        kishEffectiveN = min(Double(n), total * total / totalOfSquares)
        standardError = n < 2 ? nil : (Double(n) / Double(n - 1) * weightedSquares).squareRoot() / total
    }

    /// The standard deviation of a sample, √(n/(n − 1) · Σ w(y − ȳ)² / Σ w); nil for one answer.
    var standardDeviation: Double? {
        n < 2 ? nil : (Double(n) / Double(n - 1) * variance).squareRoot()
    }

    /// The sample size that intervals for counts are taken at: n divided by the design effect, which is the ratio of
    /// the linearised variance to the variance that n equally weighted answers would have.
    ///
    /// It is n for equal weights, so that weighting by a constant changes nothing, and it is never more than n. Where
    /// all answers agree there is no variance to compare and Kish's size takes its place.
    ///
    /// Source: "Confidence intervals for proportions with small expected number of positive counts estimated from
    /// survey data", Survey Methodology 24 (1998), 193–201.
    var designEffectiveN: Double {
        guard let standardError, standardError > 0 else { return kishEffectiveN }
        let size = Double(n) * (variance / Double(n - 1)) / (standardError * standardError)
        return size.isFinite && size > 0 ? min(Double(n), size) : kishEffectiveN
    }
}
