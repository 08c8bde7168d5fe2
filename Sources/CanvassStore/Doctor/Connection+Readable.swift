import CanvassSQLite

extension Connection {
    /// The rows of a query that can be read; those behind damage are left out.
    ///
    /// - Returns: the rows, and SQLite's complaint where there are more than these.
    /// - Throws: `SQLiteError` for what is not the file's fault.
    mutating func readableRows(_ sql: String) throws -> (rows: [[SQLiteValue]], damage: String?) {
        var rows: [[SQLiteValue]] = []
        do {
            try collect(sql, into: &rows)
            return (rows, nil)
        } catch let error as SQLiteError where error.isDamage {
            return (rows, error.message)
        }
    }

    private mutating func collect(_ sql: String, into rows: inout [[SQLiteValue]]) throws {
        var statement = try prepare(sql)
        while try statement.step() {
            rows.append((0..<statement.columnCount).map { statement.value(at: $0) })
        }
    }

    /// Every row of a table that can be read from its beginning or from its end.
    mutating func readableTable(_ table: String, key: String) throws -> (rows: [[SQLiteValue]], damage: String?) {
        var (rows, damage) = try readableRows("SELECT * FROM \(table) NOT INDEXED ORDER BY \(key)")
        guard let damage else { return (rows, nil) }
        let backwards = try readableRows("SELECT * FROM \(table) NOT INDEXED ORDER BY \(key) DESC").rows
        let known = Set(rows)
        rows += backwards.reversed().filter { !known.contains($0) }
        return (rows, damage)
    }

    /// The first column of the first row, as a number; nil where it cannot be read.
    mutating func readableInteger(_ sql: String) throws -> Int64? {
        guard case .integer(let integer)? = try readableRows(sql).rows.first?.first else { return nil }
        return integer
    }

    /// The names of the columns of a table.
    mutating func columns(of table: String) throws -> [String] {
        var statement = try prepare("SELECT * FROM \(table) LIMIT 0")
        _ = try statement.step()
        return (0..<statement.columnCount).map { statement.columnName(at: $0) }
    }

    /// An INSERT for every column of a table.
    func insertion(into table: String, _ columns: [String]) -> String {
        let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let values = columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
        return "INSERT OR IGNORE INTO \(table) (\(names)) VALUES (\(values))"
    }
}
