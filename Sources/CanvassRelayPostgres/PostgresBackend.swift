#if Postgres
    import CanvassRelay
    import CanvassSQLite

    /// A connection for as long as it is lent.
    struct PostgresBackend: LogBackend {
        let connection: PostgresConnection

        func statement(_ sql: StaticString) -> any LogRows { PostgresRows(sql, connection) }
        func scan(_ sql: StaticString) -> any LogRows { PostgresScan(sql, connection) }
        func beginSavepoint() throws { try connection.execute("SAVEPOINT canvass") }
        func keepSavepoint() throws { try connection.execute("RELEASE canvass") }

        func undoSavepoint() throws { try connection.execute("ROLLBACK TO canvass; RELEASE canvass") }

        func value(named name: String) throws -> SQLiteValue? {
            let rows = statement("SELECT number, words, bytes FROM meta WHERE name = ?1")
            try rows.bind(.text(name), at: 1)
            guard try rows.step() else { return nil }
            return (0..<3).map { rows.value(at: $0) }.first { $0 != .null }
        }

        func setValue(_ value: SQLiteValue, named name: String) throws {
            let rows = statement(
                """
                INSERT INTO meta (name, number, words, bytes) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (name) DO UPDATE SET number = excluded.number, words = excluded.words, bytes = excluded.bytes
                """)
            try rows.bind(.text(name), at: 1)
            for index in 2...4 { try rows.bind(.null, at: index) }
            switch value {
            case .integer: try rows.bind(value, at: 2)
            case .text: try rows.bind(value, at: 3)
            case .blob: try rows.bind(value, at: 4)
            case .null, .real: preconditionFailure("no value of a relay is \(value)")
            }
            _ = try rows.step()
        }

        func continueNumbers() throws {
            for table in ["scope", "branch"] {
                _ = try connection.run(
                    text: """
                        SELECT setval(pg_get_serial_sequence('\(table)', 'number'), coalesce(max(number), 0) + 1, false)
                        FROM \(table)
                        """)
            }
        }

        /// The server keeps its references itself, and its pages have checksums where the operator asked for them.
        func structureFindings() -> [String] { [] }

        func storage() throws -> LogStorage {
            let result = try connection.run(text: "SELECT pg_database_size(current_database())")
            return LogStorage(databaseBytes: result.int64(row: 0, column: 0))
        }
    }
#endif
