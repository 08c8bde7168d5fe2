/// Text for a person, in runs of one style each.
///
/// Its one invariant: no run holds a control character other than the newlines that the program itself wrote. Escape
/// sequences are added only when it is rendered, so data cannot bring its own.
///
/// ```swift
/// output.print("\(survey.title, .bold) has \(count) responses")
/// ```
package struct StyledText: Hashable, Sendable {
    struct Run: Hashable, Sendable {
        var text: String
        var style: Style
    }

    private(set) var runs: [Run] = []

    /// Data: every control character in it is escaped, newlines too.
    package init(_ data: String, _ style: Style = .plain) {
        append(ControlCharacters.escape(data), style)
    }

    /// Lines that the program composed: newlines stay.
    package init(lines: String, _ style: Style = .plain) {
        append(ControlCharacters.escape(lines, keepingNewlines: true), style)
    }

    package static func + (left: StyledText, right: StyledText) -> StyledText {
        var sum = left
        sum.append(right)
        return sum
    }

    package static func += (left: inout StyledText, right: StyledText) {
        left.append(right)
    }

    /// Without styles.
    package var plain: String { runs.map(\.text).joined() }

    /// In cells; of use for a single line.
    package var width: Int { runs.reduce(0) { $0 + DisplayWidth.of($1.text) } }

    func rendered(hasColor: Bool) -> String {
        hasColor ? runs.map { $0.style.applied(to: $0.text) }.joined() : plain
    }

    fileprivate mutating func append(_ text: String, _ style: Style) {
        if !text.isEmpty { runs.append(Run(text: text, style: style)) }
    }

    fileprivate mutating func append(_ other: StyledText) {
        runs += other.runs
    }
}

extension StyledText {
    /// Cut at the end to at most `width` cells, between grapheme clusters, with `ellipsis` in place of what is missing.
    package func truncated(to width: Int, ellipsis: String = "…") -> StyledText {
        guard self.width > width else { return self }
        let ellipsisWidth = DisplayWidth.of(ellipsis)
        var room = width - ellipsisWidth
        guard room >= 0 else { return StyledText(String(repeating: ".", count: max(0, width))) }
        var short = StyledText("")
        for run in runs {
            var kept = ""
            for character in run.text {
                room -= DisplayWidth.of(character)
                guard room >= 0 else { break }
                kept.append(character)
            }
            short.append(kept, run.style)
            if room < 0 {
                short.append(ellipsis, run.style)
                return short
            }
        }
        return short
    }

    /// Filled up with spaces to `width` cells.
    package func padded(to width: Int, alignment: Alignment = .left) -> StyledText {
        let padding = StyledText(String(repeating: " ", count: max(0, width - self.width)))
        return alignment == .left ? self + padding : padding + self
    }
}

extension StyledText: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) {
        self.init(lines: value)
    }

    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.text
    }

    /// Literal parts keep their newlines; interpolated values are data.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = StyledText("")

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: String) {
            text.append(StyledText(lines: literal))
        }

        package mutating func appendInterpolation(_ value: some CustomStringConvertible, _ style: Style = .plain) {
            text.append(StyledText(value.description, style))
        }

        package mutating func appendInterpolation(_ value: StyledText) {
            text.append(value)
        }
    }
}
