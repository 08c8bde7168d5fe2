import CanvassSQLite

extension Connection {
    /// The first column of the first row.
    mutating func number(_ sql: String) throws(SQLiteError) -> Int64 {
        var statement = try prepare(sql)
        return try statement.step() ? statement.int64(at: 0) : -1
    }
}
