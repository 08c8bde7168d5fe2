/// The table that a query returned.
public struct QueryResult: Hashable, Sendable {
    /// Column names as the statement gives them; not necessarily distinct.
    public var columns: [String]
    /// Rows of as many values as there are columns.
    public var rows: [[SQLiteValue]]
    /// Whether rows were left out because the caller asked for fewer.
    public var isTruncated: Bool

    public init(columns: [String], rows: [[SQLiteValue]], isTruncated: Bool) {
        self.columns = columns
        self.rows = rows
        self.isTruncated = isTruncated
    }
}
