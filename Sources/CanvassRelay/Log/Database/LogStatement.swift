package import CanvassSQLite

/// A statement of a `LogConnection`: bind, step, read the columns, reset. Parameters count from 1 and columns from 0.
///
/// A typed reader takes NULL for 0 or for empty, as SQLite does.
package struct LogStatement: ~Copyable {
    private let rows: any LogRows

    init(_ rows: any LogRows) {
        self.rows = rows
    }

    mutating func bind(_ value: Int64, at index: Int) throws { try rows.bind(.integer(value), at: index) }
    mutating func bind(_ value: String, at index: Int) throws { try rows.bind(.text(value), at: index) }
    mutating func bind(_ value: [UInt8], at index: Int) throws { try rows.bind(.blob(value), at: index) }

    mutating func bind(_ value: Int64?, at index: Int) throws {
        try rows.bind(value.map { .integer($0) } ?? .null, at: index)
    }

    mutating func bind(_ value: [UInt8]?, at index: Int) throws {
        try rows.bind(value.map { .blob($0) } ?? .null, at: index)
    }

    mutating func bind(_ values: [SQLiteValue]) throws {
        for (offset, value) in values.enumerated() { try rows.bind(value, at: offset + 1) }
    }

    /// Moves to the next row.
    ///
    /// - Returns: false at the end.
    mutating func step() throws -> Bool { try rows.step() }

    /// Runs a statement whose rows, if any, do not matter, and makes it ready for the next values.
    ///
    /// - Returns: how many rows it added, changed or deleted.
    @discardableResult
    mutating func run() throws -> Int64 {
        while try rows.step() {}
        defer { rows.reset() }
        return rows.changeCount
    }

    /// Makes the statement ready to run again; bound values stay.
    mutating func reset() { rows.reset() }

    var columnCount: Int { rows.columnCount }
    func isNull(at index: Int) -> Bool { rows.isNull(at: index) }
    func int64(at index: Int) -> Int64 { rows.int64(at: index) }
    func text(at index: Int) -> String { rows.text(at: index) }
    func bytes(at index: Int) -> [UInt8] { rows.withBytes(at: index) { Array($0) } }
    func value(at index: Int) -> SQLiteValue { rows.value(at: index) }

    /// Reads bytes where they lie. The buffer ends with the closure.
    func withBytes<T>(at index: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        try rows.withBytes(at: index, body)
    }
}

/// A statement of one kind of database. It belongs to whoever holds its connection.
package protocol LogRows: AnyObject {
    func bind(_ value: SQLiteValue, at index: Int) throws
    func step() throws -> Bool
    func reset()
    /// Of the last run.
    var changeCount: Int64 { get }
    var columnCount: Int { get }
    func isNull(at index: Int) -> Bool
    func int64(at index: Int) -> Int64
    func text(at index: Int) -> String
    func value(at index: Int) -> SQLiteValue
    func withBytes<T>(at index: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T
}
