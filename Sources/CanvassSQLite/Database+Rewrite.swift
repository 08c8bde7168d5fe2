extension Database {
    /// Writes the whole file anew, without the space that it no longer uses, and empties the write-ahead log, so that
    /// nothing of what was deleted is left in either.
    ///
    /// Deleting alone is not enough: SQLite zeroes a row that is deleted, but not the copies that lie behind in pages
    /// among which it was moved earlier (<https://sqlite.org/lang_vacuum.html>). Takes twice the space of the file while
    /// it runs.
    ///
    /// - Returns: whether nothing is left; false where somebody is reading an earlier state from the log.
    package func rewrite() throws -> Bool {
        try whenLocked { writer in
            // A copy in memory would need as much of it as the file is long.
            try writer.connection.execute("PRAGMA temp_store = FILE")
            let result = Result { () throws(SQLiteError) in try writer.connection.execute("VACUUM") }
            try writer.connection.execute("PRAGMA temp_store = MEMORY")
            try result.get()
            return try writer.truncateLog(busyTimeoutMilliseconds: options.busyTimeoutMilliseconds)
        }
    }
}
