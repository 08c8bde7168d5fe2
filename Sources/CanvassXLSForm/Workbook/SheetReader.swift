/// Reads the cells of a worksheet part (ECMA-376 part 1, 18.3.1).
struct SheetReader {
    /// What a sheet may hold; beyond it lies no questionnaire, and memory has an end.
    enum Limit {
        static let rows = 100_000
        static let columns = 1_000
        /// Many cells may refer to one long shared string: what they show together is bounded too.
        static let textBytes = 64 << 20
    }

    let part: String
    let sharedStrings: [String]
    let styles: CellStyles
    let uses1904Dates: Bool

    func rows(_ bytes: [UInt8]) throws(WorkbookError) -> [Sheet.Row] {
        var reader = try reading { () throws(XMLError) in try XMLReader(bytes) }
        let root = try reading { () throws(XMLError) in try reader.root() }
        guard root.isSpreadsheet("worksheet") else {
            throw WorkbookError(part: part, "The root element is \(quoted(root.local)) where \"worksheet\" is expected")
        }
        var rows: [Sheet.Row] = []
        while let child = try nextChild(&reader) {
            if child.isSpreadsheet("sheetData") {
                guard rows.isEmpty else { throw WorkbookError(part: part, "The sheet has two tables of cells") }
                rows = try readRows(&reader)
            } else {
                try skip(&reader)
            }
        }
        _ = try reading { () throws(XMLError) in try reader.next() }
        return rows
    }

    private func readRows(_ reader: inout XMLReader) throws(WorkbookError) -> [Sheet.Row] {
        var rows: [Sheet.Row] = []
        var number = 0
        var textBytes = 0
        while let child = try nextChild(&reader) {
            guard child.isSpreadsheet("row") else {
                try skip(&reader)
                continue
            }
            number = try position(child.attribute("r"), after: number) { CellReference("A" + $0)?.row }
            let cells = try readCells(&reader, row: number)
            guard !cells.isEmpty else { continue }
            guard number <= Limit.rows else {
                throw WorkbookError(
                    part: part, cell: CellReference(row: number, column: cells[0].column).description,
                    "The sheet has more than \(Limit.rows) rows", remedy: WorkbookError.splitRemedy)
            }
            for cell in cells {
                if case .text(let text) = cell.value { textBytes += text.utf8.count }
            }
            guard textBytes <= Limit.textBytes else {
                throw WorkbookError(
                    part: part, "The sheet shows more than \(Limit.textBytes) bytes of text",
                    remedy: WorkbookError.splitRemedy)
            }
            rows.append(Sheet.Row(number: number, cells: cells))
        }
        return rows
    }

    private func readCells(_ reader: inout XMLReader, row: Int) throws(WorkbookError) -> [Sheet.Cell] {
        var cells: [Sheet.Cell] = []
        var column = 0
        while let child = try nextChild(&reader) {
            guard child.isSpreadsheet("c") else {
                try skip(&reader)
                continue
            }
            column = try position(child.attribute("r"), after: column) { text in
                CellReference(text).flatMap { $0.row == row ? $0.column : nil }
            }
            let reference = CellReference(row: row, column: column)
            guard let value = try readValue(&reader, of: child, at: reference) else { continue }
            guard column <= Limit.columns else {
                throw WorkbookError(
                    part: part, cell: reference.description, "The sheet has more than \(Limit.columns) columns",
                    remedy: WorkbookError.splitRemedy)
            }
            cells.append(Sheet.Cell(column: column, value: value))
        }
        return cells
    }

    /// Where a row or cell lies: where it says, or behind the one before. Positions ascend.
    private func position(
        _ text: String?, after previous: Int, _ parse: (String) -> Int?
    ) throws(WorkbookError) -> Int {
        guard let text else { return previous + 1 }
        guard let position = parse(text), position > previous else {
            throw WorkbookError(part: part, "The row or cell \(quoted(text)) is out of order or not a valid place")
        }
        return position
    }

    // MARK: Values

    /// The value of the cell `element`, read to its end; nil for one that shows nothing.
    private func readValue(
        _ reader: inout XMLReader, of element: XMLElement, at reference: CellReference
    ) throws(WorkbookError) -> CellValue? {
        var raw: String?
        var inline: String?
        var isFormula = false
        while let child = try nextChild(&reader) {
            if child.isSpreadsheet("v") {
                raw = try reading { () throws(XMLError) in try reader.text() }
            } else if child.isSpreadsheet("is") {
                inline = try reading { () throws(XMLError) in try SharedStrings.readItem(&reader) }
            } else {
                isFormula = isFormula || child.isSpreadsheet("f")
                try skip(&reader)
            }
        }
        if element.attribute("t") == "inlineStr" { return (inline ?? raw).flatMap(Self.text) }
        guard let raw else { return isFormula ? .uncalculated : nil }
        return try value(raw, of: element, at: reference)
    }

    /// What `v` means is told by the cell's type (ST_CellType, 18.18.11).
    private func value(
        _ raw: String, of element: XMLElement, at reference: CellReference
    ) throws(WorkbookError) -> CellValue? {
        switch element.attribute("t") ?? "n" {
        case "s":
            guard let index = Int(raw.trimmed), sharedStrings.indices.contains(index) else {
                throw damaged(reference, "There is no shared text \(quoted(raw))")
            }
            return Self.text(sharedStrings[index])
        case "str":
            return Self.text(SharedStrings.unescape(raw))
        case "b":
            guard let value = ["1": true, "true": true, "0": false, "false": false][raw.trimmed] else {
                throw damaged(reference, "\(quoted(raw)) is neither true nor false")
            }
            return .boolean(value)
        case "e":
            return .error(raw.trimmed)
        case "d":
            return raw.trimmed.isEmpty ? nil : .date(raw.trimmed)
        case "n":
            return try number(raw.trimmed, style: element.attribute("s").flatMap { Int($0) } ?? 0, at: reference)
        case let type:
            throw damaged(reference, "The cell's type \(quoted(type)) is unknown")
        }
    }

    private func number(_ raw: String, style: Int, at reference: CellReference) throws(WorkbookError) -> CellValue? {
        guard !raw.isEmpty else { return nil }
        // Double also reads hexadecimal and names such as "nan".
        let isDecimal = raw.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
        guard isDecimal, let number = Double(raw), number.isFinite else {
            throw damaged(reference, "\(quoted(raw)) is no number")
        }
        if styles.showsDate(style), let date = SerialDate.text(of: number, uses1904: uses1904Dates) {
            return .date(date)
        }
        return .number(number)
    }

    private static func text(_ text: String) -> CellValue? { text.isEmpty ? nil : .text(text) }

    private func damaged(_ reference: CellReference, _ reason: String) -> WorkbookError {
        WorkbookError(part: part, cell: reference.description, reason)
    }

    // MARK: The reader's errors, with the part they belong to

    private func reading<Result>(_ body: () throws(XMLError) -> Result) throws(WorkbookError) -> Result {
        do { return try body() } catch { throw WorkbookError(part: part, "\(error)") }
    }

    private func nextChild(_ reader: inout XMLReader) throws(WorkbookError) -> XMLElement? {
        try reading { () throws(XMLError) in try reader.nextChild() }
    }

    private func skip(_ reader: inout XMLReader) throws(WorkbookError) {
        try reading { () throws(XMLError) in try reader.skip() }
    }
}
