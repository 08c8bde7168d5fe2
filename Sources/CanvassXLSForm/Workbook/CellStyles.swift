/// Which cell formats show numbers as dates (ECMA-376 part 1, 18.8.30 and 18.8.31).
struct CellStyles {
    /// For each entry of `cellXfs`, by which a cell names its format.
    private var isDate: [Bool] = []

    init() {}

    init(_ reader: inout XMLReader) throws(XMLError) {
        var dateFormats: Set<Int> = Set(14...22).union(45...47)
        while let child = try reader.nextChild() {
            if child.isSpreadsheet("numFmts") {
                while let format = try reader.nextChild() {
                    if let id = format.attribute("numFmtId").flatMap({ Int($0) }),
                        let code = format.attribute("formatCode")
                    {
                        // A file may give a number of the built-in formats a meaning of its own.
                        if Self.isDateFormat(code) { dateFormats.insert(id) } else { dateFormats.remove(id) }
                    }
                    try reader.skip()
                }
            } else if child.isSpreadsheet("cellXfs") {
                while let format = try reader.nextChild() {
                    let id = format.attribute("numFmtId").flatMap { Int($0) } ?? 0
                    isDate.append(dateFormats.contains(id))
                    try reader.skip()
                }
            } else {
                try reader.skip()
            }
        }
    }

    func showsDate(_ style: Int) -> Bool { isDate.indices.contains(style) && isDate[style] }

    /// Whether a format code shows a part of a date or time: one of the letters y, m, d, h and s outside quotes,
    /// escapes and brackets, in the section for positive numbers. Elapsed time, "[h]", counts.
    static func isDateFormat(_ code: String) -> Bool {
        var scalars = code.lowercased().unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case ";": return false
            case "\\", "_", "*": _ = scalars.popFirst()
            case "\"": scalars = scalars.drop { $0 != "\"" }.dropFirst()
            case "[":
                let content = scalars.prefix { $0 != "]" }
                if let first = content.first, "hms".unicodeScalars.contains(first), content.allSatisfy({ $0 == first })
                {
                    return true
                }
                scalars = scalars.drop { $0 != "]" }.dropFirst()
            case "y", "m", "d", "h", "s": return true
            default: continue
            }
        }
        return false
    }
}
