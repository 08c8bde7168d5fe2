/// One row of a table read as a response. Findings are kept beside the answers, never in their place.
public struct ImportedRow: Sendable, Hashable {
    public var answers: Answers
    public var findings: [Finding]

    public init(answers: Answers, findings: [Finding]) {
        self.answers = answers
        self.findings = findings
    }
}

/// A row that cannot be read at all, with every cell that is in the way.
public struct RowRejection: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Cell: Sendable, Hashable {
        /// The column's header; empty where the row as a whole is wrong.
        public var column: String
        public var reason: String
        /// What to write instead.
        public var remedy: String

        public init(column: String, reason: String, remedy: String) {
            self.column = column
            self.reason = reason
            self.remedy = remedy
        }
    }

    /// At least one.
    public var cells: [Cell]

    public init(cells: [Cell]) {
        self.cells = cells
    }

    public var description: String {
        cells.map { $0.column.isEmpty ? $0.reason : "column \($0.column): \($0.reason); \($0.remedy)" }
            .joined(separator: "; ")
    }
}
