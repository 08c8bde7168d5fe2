import CanvassCommandLine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A moment of the past as people name it: a day, a minute or a second, of which the end is meant, so that what a
/// listing shows under that day or minute belongs to it.
struct Moment: Sendable, Hashable {
    /// Since 1970: the last millisecond of what was named.
    let milliseconds: Int64

    static let option = Option("as-of", .moment, "Read what was there at the end of that day, minute or second.")

    /// Reads `2026-11-21`, `2026-11-21T22:30` or `2026-11-21T22:30:15`, the times also with a zone: `Z` or `+01:00`.
    /// Without one, the device's own zone counts. A space may stand for the `T`.
    ///
    /// Source: RFC 3339, section 5.6, with the seconds, the zone and the time of day optional.
    init?(_ text: String) {
        var reader = DigitReader(text)
        guard let year = reader.number(digits: 4), reader.take("-"), let month = reader.number(digits: 2, 1...12),
            reader.take("-"), let day = reader.number(digits: 2, 1...31)
        else { return nil }
        var parts = tm()
        parts.tm_year = year - 1900
        parts.tm_mon = month - 1
        parts.tm_mday = day
        // Normalising moves a day that the month does not have into the next.
        var normal = parts
        timegm(&normal)
        guard normal.tm_mday == day else { return nil }
        var offsetSeconds: Int?
        if reader.isAtEnd {
            parts.tm_mday += 1
        } else {
            guard reader.take("T") || reader.take(" "), let hour = reader.number(digits: 2, 0...23), reader.take(":"),
                let minute = reader.number(digits: 2, 0...59)
            else { return nil }
            (parts.tm_hour, parts.tm_min) = (hour, minute)
            if reader.take(":") {
                guard let second = reader.number(digits: 2, 0...59) else { return nil }
                parts.tm_sec = second + 1
            } else {
                parts.tm_min += 1
            }
            if !reader.isAtEnd {
                guard let zone = reader.zone() else { return nil }
                offsetSeconds = zone
            }
        }
        guard reader.isAtEnd else { return nil }
        // The next day, minute or second, which the calendar functions carry over, less one millisecond.
        parts.tm_isdst = -1
        let end = offsetSeconds.map { timegm(&parts) - $0 } ?? mktime(&parts)
        milliseconds = Int64(end) * 1000 - 1
    }
}

/// Reads numbers of a fixed width and the marks between them.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == mark.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func number(digits: Int, _ range: ClosedRange<Int32> = 0...9999) -> Int32? {
        let text = rest.prefix(digits)
        guard text.count == digits, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let number = text.reduce(Int32(0)) { $0 * 10 + Int32($1 - 0x30) }
        rest = rest.dropFirst(digits)
        return range.contains(number) ? number : nil
    }

    /// Seconds east of Greenwich.
    mutating func zone() -> Int? {
        if take("Z") { return 0 }
        let isEast = take("+")
        guard isEast || take("-"), let hours = number(digits: 2, 0...23), take(":"),
            let minutes = number(digits: 2, 0...59)
        else { return nil }
        let seconds = Int(hours) * 3600 + Int(minutes) * 60
        return isEast ? seconds : -seconds
    }
}

extension ArgumentKind where Parsed == Moment {
    fileprivate static var moment: ArgumentKind<Moment> {
        ArgumentKind<Moment>(placeholder: "DATE", describe: { TimeText.local($0.milliseconds) }) {
            (text) throws(InvalidArgument) -> Moment in
            guard let moment = Moment(text) else {
                throw InvalidArgument("a moment like 2026-11-21, 2026-11-21T22:30 or 2026-11-21T22:30:00+01:00")
            }
            return moment
        }
    }
}
