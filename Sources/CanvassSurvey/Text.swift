extension String {
    /// The text without blanks, tabs and line breaks (ASCII) at its ends.
    var trimmedOfSpace: String {
        guard let first = utf8.first, let last = utf8.last else { return self }
        guard first.isSpace || last.isSpace else { return self }
        guard let start = utf8.firstIndex(where: { !$0.isSpace }), let end = utf8.lastIndex(where: { !$0.isSpace })
        else { return "" }
        return String(self[start...end])
    }

    /// The parts between runs of ASCII space: how XForms writes the codes of a select_multiple.
    var words: [String] {
        utf8.split(whereSeparator: { $0.isSpace }).map { String(Substring($0)) }
    }
}

extension UInt8 {
    /// ASCII blank, tab, line feed, vertical tab, form feed or carriage return.
    var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }

    /// The digit's value; nil for any other byte.
    var digitValue: Int? { (0x30...0x39).contains(self) ? Int(self) - 0x30 : nil }
}
