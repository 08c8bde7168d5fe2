/// What an import of responses did, row by row where something was not as it should be.
public struct ResponseImportOutcome: Sendable, Hashable {
    /// A row that could not be read at all.
    public struct Rejection: Sendable, Hashable {
        /// The how-manieth row after the header, from 1.
        public var row: Int
        /// The line of the file that the row begins on.
        public var line: Int
        /// The column that cannot be read; nil where the row as a whole cannot.
        public var column: String?
        public var reason: String
    }

    /// Columns of the file that are no questions; they were ignored.
    public var unknownColumns: [String] = []
    /// Questions that the file has no column for.
    public var missingQuestions: [String] = []
    /// Rows of the file.
    public var rows = 0
    /// Responses that were added.
    public var added = 0
    /// Rows whose response was here already.
    public var known = 0
    /// Rows whose response was erased; it stays erased.
    public var erased = 0
    /// Rows that break a constraint, skip logic or a choice list; they are in, and carry their findings.
    public var flagged = 0
    public var rejected: [Rejection] = []
    /// Whether the import was stopped; what is counted above is in, whole batches only.
    public var isInterrupted = false

    public init() {}
}
