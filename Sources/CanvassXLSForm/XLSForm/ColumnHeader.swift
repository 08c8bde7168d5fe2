/// A header of a sheet: "label::English (en)", "Label : English", "constraint message", "bind::relevant" …
struct ColumnHeader<Column: SheetColumn>: Hashable, Sendable {
    /// As it is written, white space at its ends apart.
    let text: String
    /// Nil for a column that is none of `Column`'s.
    let column: Column?
    /// Empty for a column without one.
    let language: String

    init(_ text: String) {
        self.text = text.trimmed
        let parts = Self.parts(of: text)
        let keys = parts.map { $0.lowercased().split(separator: " ").joined(separator: "_") }
        var key = keys[0]
        var count = 1
        if keys.count > 1 {
            switch key {
            // The XForm's own structure, which older forms address directly.
            case "bind", "control", "body":
                key = keys[1]
                count = 2
            case "canvass":
                key += "::" + keys[1]
                count = 2
            default: break
            }
        }
        let known = Column(rawValue: key) ?? Column.aliases[key]
        let languages = parts[count...]
        if let known, languages.isEmpty || languages.count == 1 && Column.translatable.contains(known) {
            column = known
            language = languages.first ?? ""
        } else {
            column = nil
            language = ""
        }
    }

    /// What stands between double colons, or between single ones where there is no double one. The prefix of "jr:count"
    /// is part of its name.
    private static func parts(of text: String) -> [String] {
        var parts: [String] = []
        if text.contains("::") {
            var rest = text[...]
            while let range = rest.utf8.indices.first(where: { rest.utf8[$0...].starts(with: "::".utf8) }) {
                parts.append(String(rest[..<range]))
                rest = rest[rest.utf8.index(range, offsetBy: 2)...]
            }
            parts.append(String(rest))
        } else {
            parts = text.split(separator: ":", omittingEmptySubsequences: false).map { String($0) }
            if let prefix = parts.firstIndex(where: { $0.trimmed == "jr" }), prefix + 1 < parts.count {
                parts[prefix...(prefix + 1)] = ["jr:" + parts[prefix + 1].trimmed]
            }
        }
        return parts.map(\.collapsed)
    }
}
