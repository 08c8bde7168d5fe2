#if Postgres
    import CanvassRelay

    /// The tables of `LogSchema` in PostgreSQL, with a table of their version.
    enum PostgresSchema {
        /// Makes or completes the tables, in the transaction that is open.
        ///
        /// - Returns: whether there were none.
        static func migrate(_ connection: PostgresConnection, name: String, creating: Bool) throws -> Bool {
            let found = try version(connection, name: name)
            guard found > 0 || creating else {
                throw RelayFailure(
                    "there is no relay in \(name)",
                    remedy: "start one with `canvass-relay serve --database ADDRESS`, or name another")
            }
            let known = LogSchema.scripts.last?.version ?? 0
            guard found <= known else {
                throw RelayFailure(
                    "\(name) was made by a newer version (schema \(found); this one knows up to \(known))",
                    remedy: "install that version of canvass-relay; nothing was changed")
            }
            for script in LogSchema.scripts where script.version > found {
                try connection.execute(PostgresDialect.schema(script.sql))
            }
            guard found < known else { return false }
            try connection.execute("UPDATE canvass_relay SET version = \(known)")
            if found == 0 { try connection.execute(PostgresDialect.schemaEnd) }
            return found == 0
        }

        /// The version of the tables that are there; 0 where there are none.
        private static func version(_ connection: PostgresConnection, name: String) throws -> Int32 {
            let tables = try connection.run(
                text: "SELECT to_regclass('canvass_relay') IS NOT NULL, to_regclass('segment') IS NOT NULL")
            if tables.int64(row: 0, column: 0) == 0 {
                guard tables.int64(row: 0, column: 1) == 0 else {
                    throw RelayFailure(
                        "\(name) holds other things and no relay",
                        remedy: "make an empty database for the relay, with createdb for one")
                }
                try connection.execute(
                    """
                    CREATE TABLE canvass_relay (version bigint NOT NULL);
                    INSERT INTO canvass_relay VALUES (0);
                    """)
            }
            let version = try connection.run(text: "SELECT version FROM canvass_relay")
            return version.rowCount == 1 ? Int32(clamping: version.int64(row: 0, column: 0)) : 0
        }
    }
#endif
