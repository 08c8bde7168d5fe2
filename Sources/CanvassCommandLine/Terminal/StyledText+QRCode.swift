package import CanvassCoding

extension StyledText {
    /// A QR code with its quiet zone, two rows of modules a line: lines of `width(of:)` cells, on any background.
    package init(_ code: QRCode) {
        let rows = stride(from: -QRCode.quietZone, to: code.size + QRCode.quietZone, by: 2)
        self = rows.reduce(StyledText("")) { text, row in
            let columns = -QRCode.quietZone..<code.size + QRCode.quietZone
            let line = columns.map { column in
                switch (code.isDark(row: row, column: column), code.isDark(row: row + 1, column: column)) {
                case (true, true): "█"
                case (true, false): "▀"
                case (false, true): "▄"
                case (false, false): " "
                }
            }
            // Each line is a run of its own: a terminal fills the rest of a line with the colour that is on at its end.
            return text + (text.runs.isEmpty ? "" : "\n") + StyledText(line.joined(), .blackOnWhite)
        }
    }

    package static func width(of code: QRCode) -> Int { code.size + 2 * QRCode.quietZone }
}

extension Output {
    /// Whether the result goes to a terminal that can show a QR code.
    package func canShow(_ code: QRCode) -> Bool {
        let capabilities = standard.capabilities
        return !isJSON && capabilities.isTerminal && capabilities.hasColor && capabilities.isUTF8
            && capabilities.columns >= StyledText.width(of: code)
    }
}
