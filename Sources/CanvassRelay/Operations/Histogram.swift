/// Counts values by size, as Prometheus wants them: how many were at most each of some bounds.
struct Histogram: Sendable, Equatable {
    /// Ascending.
    let bounds: [Double]
    /// How many values lie between each bound and the one before; last those beyond all bounds.
    private(set) var counts: [Int]
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = [Int](repeating: 0, count: bounds.count + 1)
    }

    /// From a millisecond to ten seconds.
    static let seconds = Histogram(bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
    /// Powers of two.
    static let batchSizes = Histogram(bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256])

    var total: Int { counts.reduce(0, +) }

    mutating func record(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts[index] += 1
        sum += value
    }
}
