/// How a run of text looks. White, black and yellow are left out: each vanishes on some background. Black and white
/// together are for pictures that need both, whatever the terminal's colours are.
package struct Style: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let plain: Style = []
    package static let bold = Style(rawValue: 1 << 0)
    package static let dim = Style(rawValue: 1 << 1)
    package static let red = Style(rawValue: 1 << 2)
    package static let green = Style(rawValue: 1 << 3)
    package static let blue = Style(rawValue: 1 << 4)
    package static let magenta = Style(rawValue: 1 << 5)
    package static let cyan = Style(rawValue: 1 << 6)
    package static let blackOnWhite = Style(rawValue: 1 << 7)

    /// Select Graphic Rendition parameters (ECMA-48, 8.3.117), one to a bit. Black and white are those of
    /// the cube of 256 colours, which no theme changes.
    private static let parameters = ["1", "2", "31", "32", "34", "35", "36", "38;5;16;48;5;231"]

    /// The text between the escape sequences that switch this style on and off.
    func applied(to text: String) -> String {
        guard self != .plain, !text.isEmpty else { return text }
        let codes = Self.parameters.indices.filter { rawValue & (1 << $0) != 0 }.map { Self.parameters[$0] }
        return "\u{1B}[\(codes.joined(separator: ";"))m\(text)\u{1B}[0m"
    }
}
