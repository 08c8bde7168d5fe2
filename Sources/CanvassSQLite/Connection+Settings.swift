import CanvassCSQLite

extension Connection {
    /// The settings that hold for every connection to a replica or a relay's log.
    mutating func applySettings(_ options: DatabaseOptions) throws(SQLiteError) {
        sqlite3_busy_timeout(handle, options.busyTimeoutMilliseconds)
        try configure(SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)
        try configure(SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, false)
        // SQLite checkpoints when the last connection closes, without the lock that makes it safe (see WriteLock).
        try configure(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        try execute(
            """
            PRAGMA wal_autocheckpoint = 0;
            PRAGMA synchronous = FULL;
            PRAGMA temp_store = MEMORY;
            PRAGMA mmap_size = 0;
            PRAGMA cell_size_check = ON;
            PRAGMA foreign_keys = \(options.enforcesForeignKeys ? "ON" : "OFF");
            PRAGMA secure_delete = \(options.erasesDeletedContent ? "ON" : "OFF");
            """)
        #if PLANTED_BUGS
            if planted(.synchronousNormal) { try execute("PRAGMA synchronous = NORMAL") }
        #endif
        if mode.isReadOnly { try execute("PRAGMA query_only = ON") }
        if mode == .untrusted { try distrust() }
    }

    /// Statements can then neither rewrite the schema nor reach other files, and hostile sizes are refused early.
    mutating func distrust() throws(SQLiteError) {
        try configure(SQLITE_DBCONFIG_DEFENSIVE, true)
        try configure(SQLITE_DBCONFIG_WRITABLE_SCHEMA, false)
        try configure(SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false)
        sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 64 << 20)
        sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, 1 << 20)
    }

    /// Lets views of this file call JSON functions, which SQLite before 3.41 does not count as harmless in a schema.
    mutating func trustViews() throws(SQLiteError) {
        try configure(SQLITE_DBCONFIG_TRUSTED_SCHEMA, true)
    }

    /// - Returns: the first damage found in the structure of the file, or nil.
    mutating func quickCheck() throws(SQLiteError) -> String? {
        let finding = try text("PRAGMA quick_check(1)")
        return finding == "ok" ? nil : finding
    }

    /// The first column of the first row, as text; empty without a row.
    mutating func text(_ sql: String) throws(SQLiteError) -> String {
        var statement = try prepare(sql)
        return try statement.step() ? statement.text(at: 0) : ""
    }

    /// The first column of the first row, as a number; 0 without a row.
    mutating func integer(_ sql: String) throws(SQLiteError) -> Int64 {
        var statement = try prepare(sql)
        return try statement.step() ? statement.int64(at: 0) : 0
    }

    /// Lets SQLite checkpoint and delete the log and its index when the last connection closes, its own default. Best
    /// effort.
    mutating func removeLogOnClose() {
        _ = canvass_sqlite_configure(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
    }

    private mutating func configure(_ option: Int32, _ value: Bool) throws(SQLiteError) {
        let code = canvass_sqlite_configure(handle, option, value ? 1 : 0)
        guard code == SQLITE_OK else { throw SQLiteError(connection: handle, code: code, operation: "configure") }
    }
}
