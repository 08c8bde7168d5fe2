#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Moments and spans as an operator reads them.
enum TimeText {
    /// "2026-03-01 14:05", in UTC.
    static func utc(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        guard gmtime_r(&seconds, &parts) != nil else { return "–" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
            guard let start = buffer.baseAddress, strftime(start, buffer.count, "%Y-%m-%d %H:%M", &parts) > 0 else {
                return "–"
            }
            return String(cString: start)
        }
    }

    /// How far a clock is off: "+3s", "-2h", "0s".
    static func offset(_ milliseconds: Int64) -> String {
        let seconds = milliseconds.magnitude / 1000
        let sign = seconds == 0 ? "" : milliseconds < 0 ? "-" : "+"
        switch seconds {
        case ..<120: return "\(sign)\(seconds)s"
        case ..<7200: return "\(sign)\(seconds / 60)m"
        case ..<172_800: return "\(sign)\(seconds / 3600)h"
        default: return "\(sign)\(seconds / 86_400)d"
        }
    }
}
