/// Something in a form that cannot work, or that is likely not meant.
public struct FormFinding: Sendable, Hashable, CustomStringConvertible {
    public enum Severity: String, Sendable, Hashable {
        /// The form cannot be published.
        case error
        case warning
    }

    public var severity: Severity
    /// The name of the question, group or choice list; empty for the form itself.
    public var item: String
    /// The column of the sheet, in the words of XLSForm: "relevant", "choice_filter", "name" …
    public var column: String
    /// For an expression, the character where it goes wrong, counted from 0.
    public var offset: Int?
    public var message: String
    /// What to do.
    public var remedy: String

    public init(
        severity: Severity, item: String, column: String, offset: Int? = nil, message: String, remedy: String
    ) {
        self.severity = severity
        self.item = item
        self.column = column
        self.offset = offset
        self.message = message
        self.remedy = remedy
    }

    /// "NPS, relevant, character 12"
    public var place: String {
        [item, column, offset.map { "character \($0 + 1)" } ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    public var description: String { "\(severity.rawValue): \(place): \(message). \(remedy)" }
}
