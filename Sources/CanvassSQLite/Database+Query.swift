import CanvassCSQLite

extension Database {
    /// Answers a query that a person wrote.
    ///
    /// It gets a connection of its own that can read this file and nothing else, so that whatever the text says neither
    /// changes the database nor leaves a trace for the next query.
    ///
    /// - Parameters:
    ///   - values: for the parameters `?1`, `?2` …
    ///   - maximumRowCount: rows past it are left out, and the result says so.
    ///   - cancellation: lets another thread stop it.
    /// - Throws: `SQLiteError`: the complaint about the text, `isReadOnly` where it would write, `SQLITE_MISUSE` where it
    ///   holds several statements.
    package func query(
        _ sql: String, _ values: [SQLiteValue] = [], maximumRowCount: Int = .max, cancellation: Cancellation? = nil
    ) throws -> QueryResult {
        var result = QueryResult(columns: [], rows: [], isTruncated: false)
        try query(sql, values, cancellation: cancellation) { columns in
            result.columns = columns
        } row: { row in
            guard result.rows.count < maximumRowCount else {
                result.isTruncated = true
                return false
            }
            result.rows.append(row)
            return true
        }
        return result
    }

    /// The same, handing out row after row, for results that do not fit in memory.
    ///
    /// - Parameter row: returns false to stop.
    package func query(
        _ sql: String, _ values: [SQLiteValue] = [], cancellation: Cancellation? = nil,
        columns: ([String]) throws -> Void, row: ([SQLiteValue]) throws -> Bool
    ) throws {
        var connection = try Self.openReader(path, options)
        try connection.distrust()
        if options.mode != .untrusted { try connection.trustViews() }
        cancellation?.watch(connection.handle)
        var statement = try connection.prepare(sql)
        guard statement.isReadOnly else {
            throw SQLiteError(
                extendedCode: SQLITE_READONLY, message: "a query must not change the database", operation: "query",
                sql: sql, path: path)
        }
        try statement.bind(values)
        try columns((0..<statement.columnCount).map { statement.columnName(at: $0) })
        while try statement.step() {
            guard try row((0..<statement.columnCount).map { statement.value(at: $0) }) else { return }
        }
    }
}
