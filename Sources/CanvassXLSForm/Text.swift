extension StringProtocol {
    /// Without white space at either end (Unicode's White_Space, so a no-break space from a word processor too).
    var trimmed: String {
        let scalars = Substring(self).unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    /// The parts between white space.
    var words: [String] {
        Substring(self).unicodeScalars.split { $0.properties.isWhitespace }.map { String($0) }
    }

    /// White space at the ends removed and between words made one blank.
    var collapsed: String { words.joined(separator: " ") }
}

/// Text from a file as part of a message: in quotes, without control characters and no longer than a line.
func quoted(_ text: some StringProtocol) -> String {
    let limit = 60
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(limit) {
        shown.append(scalar.properties.generalCategory == .control ? " " : scalar)
    }
    let isCut = text.unicodeScalars.dropFirst(limit).first != nil
    return "\"" + String(shown) + (isCut ? "…" : "") + "\""
}
