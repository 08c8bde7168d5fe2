/// How long a watch that failed waits before it tries again: from a second to a minute, twice as long each time, and less by
/// up to half, so that the devices of an office do not all come at the moment when its network is back.
struct WatchPauses {
    private static let longestSeconds = 60.0
    private var failures = 0

    /// - Parameters:
    ///   - retryAfterSeconds: what the relay asked for, which is never undercut.
    ///   - fraction: a random number from 0 to 1.
    mutating func next(retryAfterSeconds: Int?, fraction: Double) -> Duration {
        let whole = min(Self.longestSeconds, Double(1 << min(failures, 6)))
        failures += 1
        let asked = Double(min(max(0, retryAfterSeconds ?? 0), 3_600))
        return .milliseconds(Int64(1_000 * (asked + whole * (0.5 + 0.5 * fraction))))
    }

    mutating func succeed() { failures = 0 }
}
