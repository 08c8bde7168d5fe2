/// How likely people are to recommend, in one figure: "How likely are you to recommend us?", answered from 0 to 10.
///
/// Promoters answer 9 or 10, passives 7 or 8, detractors 0 to 6; with s = (P − D)/n the score is 100 s points, from −100
/// (all are detractors) to 100 (all are promoters). With weights w, s = Σ wy / Σ w where y is 1, 0 or −1.
///
/// For example:
///
///     let score = NetPromoterScore(promoters: 50, passives: 30, detractors: 20)
///     // 30 points, 14.05 to 44.20
public struct NetPromoterScore: Sendable, Hashable {
    /// The only scale that the score is defined on.
    public static let scale = 0...10
    public static let promoterScores = 9...10
    public static let passiveScores = 7...8
    public static let detractorScores = 0...6

    /// Answers, never weighted.
    public var promoters: Int
    public var passives: Int
    public var detractors: Int
    /// The number of answers.
    public var n: Int
    /// Percent of the answers, weighted where weights were asked for; nil without answers.
    public var promoterShare: Double?
    public var passiveShare: Double?
    public var detractorShare: Double?
    /// Points, −100 to 100; nil without answers.
    public var score: Double?
    /// Points, by the adjusted Wald interval (`ConfidenceInterval`); a weighted score takes the same interval of its
    /// shares at `Weighting.designEffectiveN`. Nil without answers.
    public var interval: ConfidenceInterval?
    /// Nil where every answer counts once.
    public var weighting: Weighting?

    /// The score of counted people.
    /// - Parameters: counts that are not negative.
    public init(promoters: Int, passives: Int, detractors: Int) {
        precondition(promoters >= 0 && passives >= 0 && detractors >= 0, "counts are not negative")
        self.promoters = promoters
        self.passives = passives
        self.detractors = detractors
        n = promoters + passives + detractors
        guard n > 0 else { return }
        let size = Double(n)
        promoterShare = 100 * Double(promoters) / size
        passiveShare = 100 * Double(passives) / size
        detractorShare = 100 * Double(detractors) / size
        score = 100 * Double(promoters - detractors) / size
        interval = .adjustedWald(promoters: Double(promoters), detractors: Double(detractors), n: size)
    }

    /// The score of tallied answers.
    /// - Parameter tally: answers on the scale 0...10.
    public init(_ tally: ScoreTally) {
        precondition(tally.scale == NetPromoterScore.scale, "the score is defined on 0...10")
        self.init(
            promoters: tally.count(of: NetPromoterScore.promoterScores),
            passives: tally.count(of: NetPromoterScore.passiveScores),
            detractors: tally.count(of: NetPromoterScore.detractorScores))
        guard tally.isWeighted else { return }
        let estimate = WeightedEstimate(tally, of: NetPromoterScore.balance)
        let promoting = WeightedEstimate(tally) { $0 >= NetPromoterScore.promoterScores.lowerBound ? 1 : 0 }
        let detracting = WeightedEstimate(tally) { $0 <= NetPromoterScore.detractorScores.upperBound ? 1 : 0 }
        guard let estimate, let promoting, let detracting else { return }
        promoterShare = 100 * promoting.mean
        detractorShare = 100 * detracting.mean
        passiveShare = max(0, 100 * (1 - promoting.mean - detracting.mean))
        score = 100 * estimate.mean
        let size = estimate.designEffectiveN
        interval = .adjustedWald(promoters: promoting.mean * size, detractors: detracting.mean * size, n: size)
        weighting = Weighting(estimate, isWeighted: true, unit: 100)
    }

    /// 1 for a promoter's score, −1 for a detractor's, 0 for a passive one's.
    static func balance(of score: Int) -> Double {
        if promoterScores.contains(score) { 1 } else if detractorScores.contains(score) { -1 } else { 0 }
    }
}
