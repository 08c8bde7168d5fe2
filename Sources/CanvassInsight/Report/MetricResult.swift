/// A metric of one question, over all responses or one group of them, with what was left out of it.
public struct MetricResult: Sendable, Hashable {
    public enum Figure: Sendable, Hashable {
        case netPromoterScore(NetPromoterScore)
        /// Customer satisfaction and repurchase intent.
        case topBoxShare(TopBoxShare)
        case customerEffort(CustomerEffort)
    }

    public var question: String
    public var label: String
    public var kind: MetricColumn.Kind
    public var figure: Figure
    /// Mean, standard deviation and distribution of the raw scores.
    public var scores: ScoreDistribution
    /// Responses without an answer.
    public var unanswered: Int
    /// Answers that are no score of the scale. They never count.
    public var outOfScale: Int
    /// Answers left out because their response has no usable weight; 0 without weights.
    public var missingWeight: Int

    /// The number of answers that count.
    public var n: Int { scores.n }

    /// The one number to show: points of a Net Promoter Score, percent of a share, or a mean on its scale; nil without
    /// answers.
    public var headline: Double? {
        switch figure {
        case .netPromoterScore(let score): score.score
        case .topBoxShare(let share): share.share
        case .customerEffort(let effort): effort.score
        }
    }

    /// The interval of the headline, in its unit.
    public var interval: ConfidenceInterval? {
        switch figure {
        case .netPromoterScore(let score): score.interval
        case .topBoxShare(let share): share.interval
        case .customerEffort(let effort): effort.interval
        }
    }

    /// Nil where every answer counts once.
    public var weighting: Weighting? {
        switch figure {
        case .netPromoterScore(let score): score.weighting
        case .topBoxShare(let share): share.weighting
        case .customerEffort(let effort): effort.weighting
        }
    }
}
