import CanvassInsight

/// Whether two figures agree to `tolerance`; false when either is missing.
func isClose(_ left: Double?, _ right: Double, within tolerance: Double = 1e-9) -> Bool {
    guard let left else { return false }
    return abs(left - right) <= tolerance
}

extension ScoreTally {
    init(scale: ClosedRange<Int>, scores: [Int]) {
        self.init(scale: scale)
        for score in scores { add(Double(score)) }
    }

    init(scale: ClosedRange<Int>, weighted answers: [(score: Int, weight: Double)]) {
        self.init(scale: scale, isWeighted: true)
        for answer in answers { add(Double(answer.score), weight: answer.weight) }
    }
}
