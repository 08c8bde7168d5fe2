/// Answers to one rating question, counted by score: all that any of the metrics needs to know about them.
///
/// Counting whole scores instead of summing makes an unweighted figure independent of the order of the answers, to the
/// last bit.
///
/// For example:
///
///     var tally = ScoreTally(scale: 0...10)
///     for answer in answers { tally.add(answer) }
///     let score = NetPromoterScore(tally)
public struct ScoreTally: Sendable, Hashable {
    /// What was counted for one score.
    struct Bin: Sendable, Hashable {
        var n = 0
        /// Σ w and Σ w² of those answers.
        var weight = 0.0
        var squaredWeight = 0.0
    }

    public let scale: ClosedRange<Int>
    /// Whether answers count by their weight; each counts once otherwise.
    public let isWeighted: Bool
    /// One bin a score, from the lowest.
    var bins: [Bin]
    /// Rows without an answer.
    public internal(set) var unanswered = 0
    /// Answers that are no whole score of the scale (an 11 in a question from 0 to 10). They never count.
    public internal(set) var outOfScale = 0
    /// Answers within the scale that could not count because their row has no usable weight.
    public internal(set) var missingWeight = 0

    /// - Parameter scale: the possible scores; `isUsable(scale:)` must hold.
    public init(scale: ClosedRange<Int>, isWeighted: Bool = false) {
        precondition(ScoreTally.isUsable(scale: scale), "a scale has 2 to 101 points within ±1,000,000")
        self.scale = scale
        self.isWeighted = isWeighted
        bins = Array(repeating: Bin(), count: scale.count)
    }

    /// Whether answers on `scale` can be counted: 2 to 101 points within ±1,000,000. A scale that is read from a form
    /// is foreign input, and a thousand million points would exhaust the memory.
    public static func isUsable(scale: ClosedRange<Int>) -> Bool {
        let bound = 1_000_000
        return scale.lowerBound >= -bound && scale.upperBound <= bound && (2...101).contains(scale.count)
    }

    /// The weights that count. What is zero, negative or not a number says nothing about how many people an answer
    /// stands for; beyond these ends the squares of weights leave the range of a double.
    public static let usableWeights = 1e-100...1e100

    /// Counts one row.
    /// - Parameters:
    ///   - score: the answer; nil when there is none (or only a code that means 'no answer').
    ///   - weight: how many people the row stands for, on any common scale. Ignored unless the tally is weighted.
    public mutating func add(_ score: Double?, weight: Double? = nil) {
        guard let score else {
            unanswered += 1
            return
        }
        guard let index = ScoreTally.index(of: score, in: scale) else {
            outOfScale += 1
            return
        }
        guard isWeighted else {
            bins[index].n += 1
            return
        }
        guard let weight, ScoreTally.usableWeights.contains(weight) else {
            missingWeight += 1
            return
        }
        bins[index].n += 1
        bins[index].weight += weight
        bins[index].squaredWeight += weight * weight
    }

    /// The bin of a score, nil when it is not one of the scale's whole scores.
    static func index(of score: Double, in scale: ClosedRange<Int>) -> Int? {
        guard let whole = Int(exactly: score), scale.contains(whole) else { return nil }
        return whole - scale.lowerBound
    }

    /// The number of answers that count.
    public var n: Int { bins.reduce(0) { $0 + $1.n } }

    /// The number of answers that count within `scores`.
    public func count(of scores: ClosedRange<Int>) -> Int {
        var count = 0
        for (index, bin) in bins.enumerated() where scores.contains(scale.lowerBound + index) { count += bin.n }
        return count
    }

    /// The upper `points` scores of the scale: 4...5 for two points of 1...5.
    func top(_ points: Int) -> ClosedRange<Int> {
        max(scale.lowerBound, scale.upperBound - points + 1)...scale.upperBound
    }
}
