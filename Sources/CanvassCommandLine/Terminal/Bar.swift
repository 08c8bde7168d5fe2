/// A horizontal bar: eighths of a cell where the terminal has block characters, whole cells where not.
package enum Bar {
    private static let eighths: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    /// - Parameters:
    ///   - fraction: 0 to 1; beyond is clamped, and what is no number draws nothing.
    ///   - width: of the full bar, in cells.
    /// - Returns: exactly `width` cells, filled up with spaces.
    package static func draw(_ fraction: Double, width: Int, isUTF8: Bool) -> String {
        let cells = max(0, width)
        let share = fraction.isNaN ? 0 : min(max(fraction, 0), 1)
        guard isUTF8 else {
            let full = Int((share * Double(cells)).rounded())
            return String(repeating: "#", count: full) + String(repeating: " ", count: cells - full)
        }
        let total = Int((share * Double(cells) * 8).rounded())
        var bar = String(repeating: "█", count: total / 8)
        if total % 8 > 0 { bar.append(eighths[total % 8 - 1]) }
        return bar + String(repeating: " ", count: cells - (total + 7) / 8)
    }
}
