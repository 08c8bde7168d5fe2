package import CanvassSQLite

/// A connection to the relay's database, whichever it is: one kind of transaction, one text for each statement.
///
/// The statements keep to what SQLite and PostgreSQL read alike: parameters are `?1`, `?2` …, a conflict is named by
/// `ON CONFLICT`, a new number comes by `RETURNING`, and of two values the greater is not asked for by `max`.
///
/// It must not outlive the closure that it is lent to.
package struct LogConnection: ~Copyable {
    private let backend: any LogBackend
    var memory = LogMemory()

    package init(_ backend: any LogBackend) {
        self.backend = backend
    }

    /// The statement for a literal, compiled at its first use and kept. Its rows are held in memory where the database is
    /// not a file.
    mutating func cached(_ sql: StaticString) throws -> LogStatement {
        LogStatement(try backend.statement(sql))
    }

    /// The same for a query whose rows may be too many to be held.
    mutating func scan(_ sql: StaticString) throws -> LogStatement {
        LogStatement(try backend.scan(sql))
    }

    /// Runs one statement with values, ignoring rows.
    ///
    /// - Returns: how many rows it added, changed or deleted.
    @discardableResult
    package mutating func run(_ sql: StaticString, _ values: SQLiteValue...) throws -> Int64 {
        var statement = try cached(sql)
        try statement.bind(values)
        return try statement.run()
    }

    /// Runs `body` so that its changes alone are undone if it throws, within a transaction that goes on.
    package mutating func savepoint<T>(_ body: (inout LogConnection) throws -> T) throws -> T {
        try backend.beginSavepoint()
        do {
            let result = try body(&self)
            try backend.keepSavepoint()
            return result
        } catch {
            memory = LogMemory()
            try backend.undoSavepoint()
            throw error
        }
    }

    mutating func value(named name: String) throws -> SQLiteValue? {
        if let known = memory.values[name] { return known }
        let value = try backend.value(named: name)
        memory.values[name] = .some(value)
        return value
    }

    mutating func setValue(_ value: SQLiteValue, named name: String) throws {
        try backend.setValue(value, named: name)
        memory.values[name] = value
    }

    mutating func removeValue(named name: String) throws {
        try run("DELETE FROM meta WHERE name = ?1", .text(name))
        memory.values[name] = .some(nil)
    }

    /// Lets new rows be numbered behind those that brought their numbers with them.
    mutating func continueNumbers() throws { try backend.continueNumbers() }

    /// What the database itself finds wrong with its structure, in words.
    mutating func structureFindings() throws -> [String] { try backend.structureFindings() }

    mutating func storage() throws -> LogStorage { try backend.storage() }
}

/// The bytes that a database takes, and those left for it; nil where nobody says.
package struct LogStorage: Sendable {
    package var databaseBytes: Int64?
    package var writeAheadLogBytes: Int64?
    package var freeBytes: Int64?

    package init(databaseBytes: Int64? = nil, writeAheadLogBytes: Int64? = nil, freeBytes: Int64? = nil) {
        self.databaseBytes = databaseBytes
        self.writeAheadLogBytes = writeAheadLogBytes
        self.freeBytes = freeBytes
    }
}

/// What a kind of database does for `LogConnection`, within a transaction.
package protocol LogBackend {
    func statement(_ sql: StaticString) throws -> any LogRows
    func scan(_ sql: StaticString) throws -> any LogRows
    func beginSavepoint() throws
    func keepSavepoint() throws
    /// Undoes what was done since, unless the whole transaction has ended.
    func undoSavepoint() throws
    /// The value of a name in `meta`; nil where there is none.
    func value(named name: String) throws -> SQLiteValue?
    func setValue(_ value: SQLiteValue, named name: String) throws
    func continueNumbers() throws
    func structureFindings() throws -> [String]
    func storage() throws -> LogStorage
}
