/// A day, an instant or a time of day: the values of date, dateTime and time questions inside an expression.
package enum Moment: Sendable, Hashable {
    case day(CivilDate)
    /// Milliseconds since 1970-01-01T00:00Z, and the offset from UTC in which it is shown.
    case instant(milliseconds: Int64, offsetMinutes: Int)
    /// Milliseconds since midnight.
    case time(milliseconds: Int)

    static let dayMilliseconds: Int64 = 86_400_000
    /// ±14 hours: no clock on Earth is further from UTC.
    static let offsetLimitMinutes = 14 * 60
    /// The first and the last millisecond of the years 1 to 9999.
    private static let instantRange: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// An instant that the calendar of four-digit years can show in every offset; nil for any other.
    package static func instant(_ milliseconds: Int64, offsetMinutes: Int) -> Moment? {
        guard (-offsetLimitMinutes...offsetLimitMinutes).contains(offsetMinutes),
            (instantRange.lowerBound + dayMilliseconds...instantRange.upperBound - dayMilliseconds)
                .contains(milliseconds)
        else { return nil }
        return .instant(milliseconds: milliseconds, offsetMinutes: offsetMinutes)
    }

    /// Days since 1970-01-01 on the local clock; the time of day is the fraction.
    package var dayNumber: Double {
        switch self {
        case .day(let date): Double(date.dayNumber)
        case .instant(let milliseconds, let offset):
            Double(milliseconds + Int64(offset) * 60_000) / Double(Self.dayMilliseconds)
        case .time(let milliseconds): Double(milliseconds) / Double(Self.dayMilliseconds)
        }
    }

    /// The day on the local clock; a time of day has none.
    package var date: CivilDate? {
        switch self {
        case .day(let date): date
        case .instant: CivilDate(dayNumber: Int(dayNumber.rounded(.down)))
        case .time: nil
        }
    }

    /// Milliseconds since midnight on the local clock.
    package var timeMilliseconds: Int {
        switch self {
        case .day: return 0
        case .instant(let milliseconds, let offset):
            let local = (milliseconds + Int64(offset) * 60_000) % Self.dayMilliseconds
            return Int(local < 0 ? local + Self.dayMilliseconds : local)
        case .time(let milliseconds): return milliseconds
        }
    }

    /// ISO 8601: "2017-05-13", "2017-05-13T09:30:00.000-07:00", "09:30:00.000".
    package var text: String {
        let milliseconds = timeMilliseconds
        let time =
            (milliseconds / 3_600_000).padded(to: 2) + ":" + (milliseconds / 60_000 % 60).padded(to: 2) + ":"
            + (milliseconds / 1000 % 60).padded(to: 2) + "." + (milliseconds % 1000).padded(to: 3)
        switch self {
        case .day(let date): return date.text
        case .time: return time
        case .instant(_, let offset):
            let sign = offset < 0 ? "-" : "+"
            let minutes = Int(offset.magnitude)
            return (date?.text ?? "") + "T" + time + sign + (minutes / 60).padded(to: 2) + ":"
                + (minutes % 60).padded(to: 2)
        }
    }

    /// The day number of a date or time written out, read in this moment's offset; NaN for other text.
    func dayNumber(of text: String) -> Double {
        if case .time = self { return Moment(time: text)?.dayNumber ?? .nan }
        var offset = 0
        if case .instant(_, let own) = self { offset = own }
        return Moment(text, offsetMinutes: offset)?.dayNumber ?? XPathValue.number(in: text)
    }
}

// MARK: Reading ISO 8601

extension Moment {
    /// "2017-05-13"; nil for any other text and for a day that does not exist.
    package init?(date text: String) {
        var reader = ISOReader(text)
        guard let date = reader.date(), reader.isAtEnd else { return nil }
        self = .day(date)
    }

    /// "09:30", "09:30:00" or "09:30:00.000", with or without an offset, which is read and left out: a time of day is
    /// the one on the wall.
    package init?(time text: String) {
        var reader = ISOReader(text)
        guard let milliseconds = reader.time() else { return nil }
        _ = reader.offset()
        guard reader.isAtEnd else { return nil }
        self = .time(milliseconds: milliseconds)
    }

    /// "2017-05-13T09:30:00.000-07:00"; nil without an offset, because the instant would be a guess.
    package init?(dateTime text: String) {
        self.init(dateTime: text, fallbackOffset: nil, shownIn: nil)
    }

    /// A date or a date with time, shown on the clock `offsetMinutes` from UTC, which also holds for a text that names
    /// no offset.
    package init?(_ text: String, offsetMinutes: Int) {
        if let day = Moment(date: text) {
            self = day
        } else {
            self.init(dateTime: text, fallbackOffset: offsetMinutes, shownIn: offsetMinutes)
        }
    }

    private init?(dateTime text: String, fallbackOffset: Int?, shownIn shownOffset: Int?) {
        var reader = ISOReader(text)
        guard let date = reader.date(), reader.skip(UInt8(ascii: "T")) || reader.skip(UInt8(ascii: " ")),
            let time = reader.time()
        else { return nil }
        guard let offset = reader.offset() ?? fallbackOffset, reader.isAtEnd else { return nil }
        let local = Int64(date.dayNumber) * Self.dayMilliseconds + Int64(time)
        guard let instant = Moment.instant(local - Int64(offset) * 60_000, offsetMinutes: shownOffset ?? offset)
        else { return nil }
        self = instant
    }
}

/// Reads the pieces of an ISO 8601 date and time (extended format) from the front of a text.
private struct ISOReader {
    private var bytes: Substring.UTF8View

    init(_ text: String) {
        bytes = Substring(text).utf8
    }

    var isAtEnd: Bool { bytes.isEmpty }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard bytes.first == byte else { return false }
        bytes.removeFirst()
        return true
    }

    private mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = bytes.first?.digitValue else { return nil }
            value = value * 10 + digit
            bytes.removeFirst()
        }
        return value
    }

    mutating func date() -> CivilDate? {
        guard let year = number(digits: 4), skip(UInt8(ascii: "-")), let month = number(digits: 2),
            skip(UInt8(ascii: "-")), let day = number(digits: 2)
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// Milliseconds since midnight. Digits behind the third of the fraction are cut.
    mutating func time() -> Int? {
        guard let hour = number(digits: 2), hour < 24, skip(UInt8(ascii: ":")), let minute = number(digits: 2),
            minute < 60
        else { return nil }
        var milliseconds = (hour * 60 + minute) * 60_000
        guard skip(UInt8(ascii: ":")) else { return milliseconds }
        guard let second = number(digits: 2), second < 60 else { return nil }
        milliseconds += second * 1000
        guard skip(UInt8(ascii: ".")) else { return milliseconds }
        guard bytes.first?.digitValue != nil else { return nil }
        var scale = 100
        while let digit = bytes.first?.digitValue {
            milliseconds += digit * scale
            scale /= 10
            bytes.removeFirst()
        }
        return milliseconds
    }

    /// "Z", "+02:00", "+0200" or "+02", in minutes.
    mutating func offset() -> Int? {
        if skip(UInt8(ascii: "Z")) { return 0 }
        let isNegative = bytes.first == UInt8(ascii: "-")
        guard skip(UInt8(ascii: "-")) || skip(UInt8(ascii: "+")), let hours = number(digits: 2) else { return nil }
        var minutes = 0
        if skip(UInt8(ascii: ":")) || !isAtEnd {
            guard let given = number(digits: 2), given < 60 else { return nil }
            minutes = given
        }
        let total = hours * 60 + minutes
        guard total <= Moment.offsetLimitMinutes else { return nil }
        return isNegative ? -total : total
    }
}
