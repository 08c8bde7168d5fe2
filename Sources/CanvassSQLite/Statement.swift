import CanvassCSQLite

/// A compiled statement: bind, step, read the columns, reset.
///
/// It must not outlive the closure that lent the connection: past it, another thread may be using that connection.
///
///     var insert = try connection.cached("INSERT INTO change (sequence, body) VALUES (?1, ?2)")
///     for change in changes {
///         try insert.bind(change.sequence, at: 1)
///         try insert.bind(change.body, at: 2)
///         try insert.run()
///     }
///
/// Parameters count from 1 and columns from 0, as SQLite has it.
package struct Statement: ~Copyable {
    let handle: OpaquePointer
    private let prepared: PreparedStatement

    init(_ prepared: PreparedStatement) {
        self.prepared = prepared
        handle = prepared.handle
    }

    deinit {
        prepared.giveBack()
    }

    /// Moves to the next row.
    ///
    /// - Returns: false at the end.
    /// - Throws: SQLite's refusal; the statement is then reset.
    package mutating func step() throws(SQLiteError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        let error = failure(code, "step")
        sqlite3_reset(handle)
        throw error
    }

    /// Runs a statement whose rows, if any, do not matter, and makes it ready for the next values.
    package mutating func run() throws(SQLiteError) {
        while try step() {}
        sqlite3_reset(handle)
    }

    /// Makes the statement ready to run again; bound values stay.
    package mutating func reset() {
        // The code returned repeats an error that `step` has thrown already.
        sqlite3_reset(handle)
    }

    /// Whether the statement cannot change the file (<https://sqlite.org/c3ref/stmt_readonly.html>).
    package var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }

    package var sql: String {
        guard let text = sqlite3_sql(handle) else { return "" }
        return String(cString: text)
    }

    func failure(_ code: Int32, _ operation: String) -> SQLiteError {
        guard let connection = sqlite3_db_handle(handle) else {
            return SQLiteError(
                extendedCode: code, message: String(cString: sqlite3_errstr(code)), operation: operation, sql: sql)
        }
        return SQLiteError(connection: connection, code: code, operation: operation, sql: sql)
    }
}
