/// What a cell shows, as far as its kind matters to a reader of tables.
package enum CellValue: Hashable, Sendable {
    case text(String)
    case number(Double)
    case boolean(Bool)
    /// A date, a time or both, in ISO 8601: "2017-05-03", "14:30:00", "2017-05-03T14:30:00".
    case date(String)
    /// An error such as "#N/A".
    case error(String)
    /// A formula that no spreadsheet program has calculated yet.
    case uncalculated

    /// The text that a spreadsheet program would show; nil where there is no value to show.
    package var text: String? {
        switch self {
        case .text(let text), .date(let text): text
        case .number(let number): NumberText.text(of: number)
        case .boolean(let value): value ? "TRUE" : "FALSE"
        case .error, .uncalculated: nil
        }
    }
}
