#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What one stream of the process can show.
package struct TerminalCapabilities: Hashable, Sendable {
    package var isTerminal: Bool
    /// Cells in a line; 80 where nobody says.
    package var columns: Int
    package var hasColor: Bool
    /// Whether a line can be taken back and written again.
    package var canRewrite: Bool
    /// Whether block characters and "…" can be shown.
    package var isUTF8: Bool

    /// Decides from what is known about a stream.
    ///
    /// Colour follows no-color.org (`NO_COLOR` wins) and `CLICOLOR_FORCE`; the locale follows the precedence of POSIX XBD
    /// 8.2. A pipe is 80 columns wide whatever `COLUMNS` says, so that scripts get the same text everywhere.
    package init(isTerminal: Bool, windowColumns: Int?, environment: Environment) {
        let isDumb = environment["TERM"] == "dumb"
        let isForced = environment["CLICOLOR_FORCE"].map { $0 != "0" } ?? false
        let locale = environment["LC_ALL"] ?? environment["LC_CTYPE"] ?? environment["LANG"] ?? ""
        let codeset = locale.lowercased()
        let declared = environment["COLUMNS"].flatMap { Int($0) }.flatMap { (1...10_000).contains($0) ? $0 : nil }
        self.isTerminal = isTerminal
        columns = isTerminal ? windowColumns ?? declared ?? Self.defaultColumns : Self.defaultColumns
        hasColor = environment["NO_COLOR"] == nil && (isForced || (isTerminal && !isDumb))
        canRewrite = isTerminal && !isDumb
        isUTF8 = codeset.contains("utf-8") || codeset.contains("utf8")
    }

    /// A stream of this process.
    package static func detect(descriptor: Int32, environment: Environment = .process) -> TerminalCapabilities {
        let isTerminal = isatty(descriptor) == 1
        return TerminalCapabilities(
            isTerminal: isTerminal, windowColumns: isTerminal ? windowColumns(of: descriptor) : nil,
            environment: environment)
    }

    package static let defaultColumns = 80

    var ellipsis: String { isUTF8 ? "…" : "..." }

    /// The width of the window; nil where the terminal does not tell (a serial line says 0).
    private static func windowColumns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
