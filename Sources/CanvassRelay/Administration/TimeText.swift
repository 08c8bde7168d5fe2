#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Moments and spans as people read them.
package enum TimeText {
    /// "2026-03-01 14:05", in UTC; "–" for a moment that no calendar has.
    package static func utc(_ milliseconds: Int64) -> String { utc(milliseconds, format: "%Y-%m-%d %H:%M") }

    /// - Parameter format: of strftime(3); a text of at most 63 bytes.
    static func utc(_ milliseconds: Int64, format: String) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        guard gmtime_r(&seconds, &parts) != nil else { return "–" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let start = buffer.baseAddress, strftime(start, buffer.count, format, &parts) > 0 else {
                return "–"
            }
            return String(cString: start)
        }
    }

    /// How a device's clock stands: "right", "3 years ahead", "40 minutes behind".
    ///
    /// - Parameter offset: the relay's clock minus the device's, milliseconds.
    package static func clock(offset: Int64) -> String {
        guard offset.magnitude >= minute / 2 else { return "right" }
        return "\(rough(milliseconds: offset.magnitude)) \(offset > 0 ? "behind" : "ahead")"
    }

    /// One number and one unit, rounded to the nearest: "6 minutes", "3 years".
    static func rough(milliseconds: UInt64) -> String {
        let (unit, name): (UInt64, String) =
            switch milliseconds {
            case ..<(2 * hour - minute / 2): (minute, "minute")
            case ..<(2 * day - hour / 2): (hour, "hour")
            case ..<(60 * day): (day, "day")
            case ..<(2 * year - month / 2): (month, "month")
            default: (year, "year")
            }
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: unit)
        let count = remainder >= unit - remainder ? quotient + 1 : quotient
        return "\(count) \(name)\(count == 1 ? "" : "s")"
    }

    /// Milliseconds; a year has 365.25 days.
    private static let minute: UInt64 = 60_000
    private static let hour = 60 * minute
    private static let day = 24 * hour
    private static let month = year / 12
    private static let year = 365 * day + day / 4
}
