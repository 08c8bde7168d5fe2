import CanvassCommandLine
import CanvassInsight

/// What a figure counts. JSON always has the plain unit; people get the prefix that suits the size.
enum FigureUnit: String, Sendable {
    case seconds, bytes, count

    func text(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        return switch self {
        case .seconds where value < 1e-3: Self.digits(value * 1e6) + " µs"
        case .seconds where value < 1: Self.digits(value * 1e3) + " ms"
        case .seconds: Self.digits(value) + " s"
        case .bytes where value < 1e4: Self.digits(value) + " B"
        case .bytes where value < 1e6: Self.digits(value / 1e3) + " kB"
        case .bytes: Self.digits(value / 1e6) + " MB"
        case .count: Self.digits(value)
        }
    }

    /// "100,000"
    static func grouped(_ count: Int) -> String { NumberText.grouped(Int64(count)) }

    /// "2.31 ×"
    static func multiple(_ ratio: Double) -> String { digits(ratio) + " ×" }

    /// Three significant digits, or all of a longer whole part; no zeros at the end of a fraction.
    private static func digits(_ value: Double) -> String {
        let decimals = value < 10 ? 2 : value < 100 ? 1 : 0
        var text = FixedDecimal.text(value, decimals: decimals)
        guard text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
