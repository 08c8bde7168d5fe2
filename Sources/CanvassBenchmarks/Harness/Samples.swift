/// Measurements of one thing, in one unit.
struct Samples: Sendable {
    private(set) var values: [Double]

    init(_ values: [Double] = []) {
        self.values = values
    }

    mutating func add(_ value: Double) {
        values.append(value)
    }

    /// Runs `body` and adds the seconds that it took.
    mutating func time<T>(_ body: () throws -> T) rethrows -> T {
        let start = ContinuousClock.now
        let result = try body()
        add(start.secondsUntilNow)
        return result
    }

    var count: Int { values.count }

    /// The middle value, or the mean of the two middle ones; NaN without samples.
    var median: Double {
        guard !values.isEmpty else { return .nan }
        let sorted = values.sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }

    /// The smallest value that 99 of 100 samples do not exceed (nearest rank); the greatest of fewer than 100.
    var percentile99: Double {
        guard !values.isEmpty else { return .nan }
        let rank = (Double(count) * 0.99).rounded(.up)
        return values.sorted()[min(count, max(1, Int(rank))) - 1]
    }
}

extension ContinuousClock.Instant {
    /// Seconds since this moment.
    var secondsUntilNow: Double { duration(to: .now) / .seconds(1) }
}
