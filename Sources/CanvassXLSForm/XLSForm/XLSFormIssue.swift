/// Something in a questionnaire that its designer should know: where, what, and what to do about it.
package struct XLSFormIssue: Hashable, Sendable, CustomStringConvertible {
    /// The sheet's name; nil where it is the workbook as a whole.
    package let sheet: String?
    /// The row as a spreadsheet numbers it, from 1; nil where it is the sheet as a whole.
    package let row: Int?
    /// The column's header as it is written.
    package let column: String?
    package let message: String
    package let remedy: String

    package init(sheet: String? = nil, row: Int? = nil, column: String? = nil, message: String, remedy: String) {
        self.sheet = sheet
        self.row = row
        self.column = column
        self.message = message
        self.remedy = remedy
    }

    package var description: String {
        let place = [sheet, row.map { "row \($0)" }, column.map { "column \(quoted($0))" }].compactMap { $0 }
        return (place.isEmpty ? "" : place.joined(separator: ", ") + ": ") + "\(message). \(remedy)"
    }
}
