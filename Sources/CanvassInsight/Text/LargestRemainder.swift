/// Apportions whole units to shares so that nothing is lost to rounding.
enum LargestRemainder {
    /// Every part gets the whole units of its quota, and what is left goes to the largest remainders, one each; ties go
    /// to the earlier part.
    ///
    /// - Parameters:
    ///   - weights: finite and not negative.
    ///   - total: units to give away.
    /// - Returns: as many lengths as weights, adding up to `total` exactly; all 0 when there is nothing to go by.
    static func lengths(of weights: [Double], total: Int) -> [Int] {
        let sum = weights.reduce(0, +)
        guard sum > 0, sum.isFinite, total > 0 else { return weights.map { _ in 0 } }
        let quotas = weights.map { $0 / sum * Double(total) }
        var lengths = quotas.map { Int($0) }
        let byRemainder = weights.indices.sorted { left, right in
            let (a, b) = (quotas[left] - Double(lengths[left]), quotas[right] - Double(lengths[right]))
            return a == b ? left < right : a > b
        }
        let left = total - lengths.reduce(0, +)
        for index in byRemainder.prefix(max(0, left)) { lengths[index] += 1 }
        return lengths
    }
}
