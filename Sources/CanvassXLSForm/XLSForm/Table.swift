import CanvassCoding
import CanvassSurvey

/// A sheet whose first row with a value names its columns.
struct Table<Column: SheetColumn> {
    struct Cell {
        let header: ColumnHeader<Column>
        let text: String
    }

    struct Row {
        let number: Int
        let cells: [Cell]
    }

    let sheet: String
    let headerRow: Int
    /// In the order of the sheet.
    let headers: [ColumnHeader<Column>]
    /// Rows without a text are left out.
    let rows: [Row]

    init(_ sheet: Sheet, log: inout IssueLog) {
        self.sheet = sheet.name
        headerRow = sheet.rows.first?.number ?? 1
        var headers: [Int: ColumnHeader<Column>] = [:]
        var seen: Set<ColumnHeader<Column>> = []
        for cell in sheet.rows.first?.cells ?? [] {
            guard let text = cell.value.text?.trimmed, !text.isEmpty else { continue }
            let header = ColumnHeader<Column>(text)
            guard seen.insert(header.identity).inserted else {
                log.fail(
                    XLSFormIssue(
                        sheet: sheet.name, row: headerRow, column: text, message: "The column is there twice",
                        remedy: "Keep one of the two; spellings such as \"caption\" and \"label\" are the same column.")
                )
                continue
            }
            headers[cell.column] = header
        }
        self.headers = headers.sorted { $0.key < $1.key }.map(\.value)
        var unnamed: Set<Int> = []
        var rows: [Row] = []
        for row in sheet.rows.dropFirst() {
            var cells: [Cell] = []
            for cell in row.cells {
                guard let header = headers[cell.column] else {
                    if unnamed.insert(cell.column).inserted { log.warn(Self.unnamed(cell, row: row.number, of: sheet)) }
                    continue
                }
                guard let text = cell.value.text?.trimmed else {
                    log.warn(Self.unreadable(cell, header.text, row: row.number, of: sheet))
                    continue
                }
                if !text.isEmpty { cells.append(Cell(header: header, text: text)) }
            }
            if !cells.isEmpty { rows.append(Row(number: row.number, cells: cells)) }
        }
        self.rows = rows
    }

    func has(_ column: Column) -> Bool { headers.contains { $0.column == column } }

    /// The languages of the translated columns, in the order of the sheet.
    var languages: [String] {
        var languages: [String] = []
        for header in headers where !header.language.isEmpty && !languages.contains(header.language) {
            languages.append(header.language)
        }
        return languages
    }

    /// Columns that are none of `Column`'s and hold something.
    var unknownHeaders: [String] {
        let used = Set(rows.flatMap { $0.cells.lazy.filter { $0.header.column == nil }.map(\.header.text) })
        return headers.map(\.text).filter(used.contains)
    }

    private static func unnamed(_ cell: Sheet.Cell, row: Int, of sheet: Sheet) -> XLSFormIssue {
        XLSFormIssue(
            sheet: sheet.name, row: row,
            message: "Column \(CellReference.letters(of: cell.column)) has no header, and what it holds is not read",
            remedy: "Give it a header in the first row, or clear it.")
    }

    private static func unreadable(_ cell: Sheet.Cell, _ header: String, row: Int, of sheet: Sheet) -> XLSFormIssue {
        if case .error(let code) = cell.value {
            return XLSFormIssue(
                sheet: sheet.name, row: row, column: header,
                message: "The cell shows the error \(quoted(code)) and is read as empty", remedy: "Correct its formula."
            )
        }
        return XLSFormIssue(
            sheet: sheet.name, row: row, column: header,
            message: "The cell holds a formula that was never calculated and is read as empty",
            remedy: "Open the workbook in Excel or LibreOffice and save it, or write the value itself.")
    }
}

extension Table.Row {
    subscript(_ column: Column) -> String? {
        cells.first { $0.header.column == column }?.text
    }

    func localized(_ column: Column) -> LocalizedText {
        LocalizedText(
            cells.filter { $0.header.column == column }.map { LocalizedText.Translation($0.header.language, $0.text) })
    }

    /// What stands in columns that are none of `Column`'s, under their headers as written.
    var others: [Value.Member] {
        cells.filter { $0.header.column == nil }.map { Value.Member($0.header.text, .text($0.text)) }
    }
}

extension ColumnHeader {
    /// Equal for two headers that mean the same column.
    fileprivate var identity: ColumnHeader { column.map { ColumnHeader(column: $0, language: language) } ?? self }

    private init(column: Column, language: String) {
        text = ""
        self.column = column
        self.language = language
    }
}
