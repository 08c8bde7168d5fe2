/// One record of a CSV file below its header: the fields, or why they could not be read.
public struct CSVRow: Hashable, Sendable {
    /// Counts the records below the header from one, unreadable ones included.
    public var number: Int
    /// The line of the file, from one, on which the record starts. Quoted fields may span lines, so this is not
    /// `number + 1`.
    public var line: Int
    /// As many fields as the header has, or the first error of the record.
    public var result: Result<[String], CSVRowError>

    public init(number: Int, line: Int, result: Result<[String], CSVRowError>) {
        self.number = number
        self.line = line
        self.result = result
    }
}

/// Why one record of a CSV file could not be read. The records after it can.
public struct CSVRowError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        case tooFewFields(expected: Int, found: Int)
        case tooManyFields(expected: Int, found: Int)
        /// The first byte that is not UTF-8, counted from the start of the record.
        case invalidUTF8(offset: Int)
        case textAfterClosingQuote
        /// No quote closes the field before the file ends.
        case unterminatedQuote
        case fieldTooLong(limit: Int)
    }

    public var reason: Reason
    /// The line of the file, from one: for an unterminated quote the line on which it opens.
    public var line: Int

    public init(reason: Reason, line: Int) {
        self.reason = reason
        self.line = line
    }

    public var description: String { "line \(line): \(reason)" }
}

extension CSVRowError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooFewFields(let expected, let found):
            "\(found) of \(expected) fields; add the missing ones, empty if need be"
        case .tooManyFields(let expected, let found):
            "\(found) fields where the header has \(expected); put fields that hold the delimiter in quotes"
        case .invalidUTF8(let offset): "byte \(offset) of the row is not UTF-8; save the file as UTF-8"
        case .textAfterClosingQuote: "text after a closing quote; write a quote inside a quoted field twice"
        case .unterminatedQuote: "the quote that opens here is never closed"
        case .fieldTooLong(let limit): "a field longer than \(limit) bytes"
        }
    }
}
