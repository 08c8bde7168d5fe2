extension ArgumentKind where Parsed == Duration {
    /// A length of time such as `500ms`, `90s`, `15m`, `1h30m`, `7d` or `2w`. A bare number is refused: whether it means
    /// seconds or days is exactly what the reader of a script would have to guess.
    package static var duration: ArgumentKind<Duration> {
        ArgumentKind<Duration>(placeholder: "DURATION", describe: { DurationText.format($0) }) {
            (text) throws(InvalidArgument) -> Duration in
            guard let duration = DurationText.parse(text) else {
                throw InvalidArgument("a length of time such as 90s, 15m, 1h30m or 7d")
            }
            return duration
        }
    }
}

/// Lengths of time as people type them.
enum DurationText {
    /// Greatest first, the order in which they are written.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Nil when the text is no length of time, names a unit twice or out of order, or is beyond 64-bit milliseconds.
    static func parse(_ text: String) -> Duration? {
        var total: Int64 = 0
        var rest = Substring(text)
        var lastUnit = -1
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let count = Int64(digits), let unit = units.firstIndex(where: { $0.name == name }), unit > lastUnit
            else { return nil }
            lastUnit = unit
            let (part, partOverflows) = count.multipliedReportingOverflow(by: units[unit].milliseconds)
            let (sum, sumOverflows) = total.addingReportingOverflow(part)
            guard !partOverflows, !sumOverflows else { return nil }
            total = sum
        }
        return .milliseconds(total)
    }

    /// The shortest text that `parse` reads back, to the millisecond.
    static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let (milliseconds, overflows) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflows, milliseconds >= 0 else { return "\(duration)" }
        var rest = milliseconds + attoseconds / 1_000_000_000_000_000
        var text = ""
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text.isEmpty ? "0s" : text
    }
}
