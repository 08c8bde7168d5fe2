/// A two-sided 95 % confidence interval, in the unit of the figure it belongs to.
public struct ConfidenceInterval: Sendable, Hashable {
    public var low: Double
    public var high: Double

    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    /// The 0.975 quantile of the standard normal distribution, which makes every interval here one of 95 %.
    public static let normalQuantile = 1.959963984540054

    /// The share of people who did something, by the score interval of Wilson: it stays within 0 and 100 and keeps its
    /// coverage for few answers and for shares near 0 or 100.
    ///
    ///     (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)
    ///
    /// For example 80 of 100 gives 71.12 to 86.66.
    ///
    /// Source: "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the American
    /// Statistical Association 22 (1927), 209–212.
    ///
    /// - Returns: percent, 0 to 100; nil when nobody was asked.
    public static func wilson(successes: Int, of n: Int) -> ConfidenceInterval? {
        precondition(successes >= 0 && successes <= n, "successes lie between 0 and n")
        return n == 0 ? nil : wilson(proportion: Double(successes) / Double(n), n: Double(n))
    }

    /// The same for a proportion from 0 to 1 and an effective sample size, which need not be whole but is positive.
    static func wilson(proportion p: Double, n: Double) -> ConfidenceInterval {
        let z = normalQuantile
        let scale = 1 + z * z / n
        let center = (p + z * z / (2 * n)) / scale
        let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / scale
        // The interval contains p by construction; rounding must not take that away at p = 0 and p = 1.
        return ConfidenceInterval(low: 100 * max(0, min(center - half, p)), high: 100 * min(1, max(center + half, p)))
    }

    /// The Net Promoter Score by the adjusted Wald interval: ¾ of a promoter, 1½ passives and ¾ of a detractor are
    /// added before the ordinary interval is taken.
    ///
    ///     n′ = n + 3,  s = (P + ¾ − D − ¾) / n′,  s ± z √((P + D + 1½)/n′ − s²) / √n′
    ///
    /// For example 50, 30 and 20 give 14.05 to 44.20. Ends beyond the scale are cut off. The interval contains the
    /// score except for a single promoter or detractor, for whom it ends at 98.5 or −98.5.
    ///
    /// Source: "Interval Estimation for the Net Promoter Score", The American Statistician 70 (2016), 365–372.
    ///
    /// - Returns: points, −100 to 100.
    static func adjustedWald(promoters: Double, detractors: Double, n: Double) -> ConfidenceInterval {
        let size = n + 3
        let score = (promoters - detractors) / size
        let variance = max(0, (promoters + detractors + 1.5) / size - score * score)
        let half = normalQuantile * (variance / size).squareRoot()
        return ConfidenceInterval(low: 100 * max(-1, score - half), high: 100 * min(1, score + half))
    }

    /// The ordinary interval of a mean, estimate ± z · standard error, cut off at the ends of the scale.
    static func wald(mean: Double, standardError: Double, scale: ClosedRange<Int>) -> ConfidenceInterval {
        let half = normalQuantile * standardError
        return ConfidenceInterval(
            low: max(Double(scale.lowerBound), mean - half), high: min(Double(scale.upperBound), mean + half))
    }
}
