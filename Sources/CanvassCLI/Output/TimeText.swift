#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Moments and spans as people in the field read them.
enum TimeText {
    /// "2026-11-21 22:38" in this device's time zone; "–" for a moment that no calendar has.
    static func local(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "–" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let start = buffer.baseAddress, strftime(start, buffer.count, "%Y-%m-%d %H:%M", &parts) > 0 else {
                return "–"
            }
            return String(cString: start)
        }
    }

    /// Below this two clocks agree for every purpose of a survey.
    private static let toleratedMilliseconds: UInt64 = 5 * 60 * 1000

    /// What a person should know about the clock of this device; nil where it is right enough.
    ///
    /// - Parameter offset: the relay's clock minus the device's, milliseconds.
    static func clockRemark(offset: Int64) -> String? {
        clockDistance(offset: offset).map {
            "this device's clock is \($0) the relay's; nothing is refused because of it"
        }
    }

    /// "2023-11-21 22:38 by the relay's clock"; nil where that is the author's, or not known.
    static func correction(of milliseconds: Int64, to corrected: Int64?) -> String? {
        guard let corrected else { return nil }
        let distance = corrected.subtractingReportingOverflow(milliseconds)
        guard distance.overflow || clockDistance(offset: distance.partialValue) != nil else { return nil }
        return "\(local(corrected)) by the relay's clock"
    }

    /// "3 years behind"; nil where the clock is right enough.
    static func clockDistance(offset: Int64) -> String? {
        guard offset.magnitude > toleratedMilliseconds else { return nil }
        return "\(rough(milliseconds: offset.magnitude)) \(offset > 0 ? "behind" : "ahead of")"
    }

    /// One number and one unit: "6 minutes", "3 years", rounded to the nearest.
    static func rough(milliseconds: UInt64) -> String {
        let minutes = milliseconds / 60_000
        let (count, unit): (UInt64, String) =
            switch minutes {
            case ..<120: (minutes, "minute")
            case ..<(48 * 60): (nearest(minutes, 60), "hour")
            case ..<(60 * day): (nearest(minutes, day), "day")
            case ..<(2 * year): (nearest(minutes, month), "month")
            default: (nearest(minutes, year), "year")
            }
        return "\(count) \(unit)\(count == 1 ? "" : "s")"
    }

    /// How often a unit fits, rounded to the nearest.
    private static func nearest(_ minutes: UInt64, _ unit: UInt64) -> UInt64 { (minutes + unit / 2) / unit }

    /// Minutes.
    private static let day: UInt64 = 24 * 60
    private static let month: UInt64 = year / 12
    private static let year: UInt64 = 365 * day + day / 4
}
