#if Postgres
    import CanvassCPostgres
    import CanvassRelay
    import CanvassSQLite

    /// A connection to a server.
    ///
    /// libpq lets any thread use a connection that no other uses meanwhile
    /// (<https://www.postgresql.org/docs/current/libpq-threading.html>): the locks of `PostgresLog` see to that, and a listener
    /// keeps its connection to itself. Hence `nonisolated(unsafe)`.
    ///
    /// Invariants:
    /// 1. A statement has its name from its place in the program: it is prepared once for each connection to the server.
    /// 2. What is lost with a connection is noticed by an error; the next transaction begins on a new connection.
    final class PostgresConnection: Sendable {
        private let address: PostgresAddress
        nonisolated(unsafe) private var handle: OpaquePointer
        /// The names of prepared statements, by the address of their literals.
        nonisolated(unsafe) private var names: [UnsafeRawPointer: String] = [:]
        nonisolated(unsafe) private var cursorCount = 0
        /// Whether the transaction changed a row.
        nonisolated(unsafe) private(set) var hasWritten = false

        /// - Throws: `LogDatabaseError` where there is no such server, or it lets nobody in.
        init(_ address: PostgresAddress) throws {
            self.address = address
            handle = try address.connect()
        }

        deinit {
            PQfinish(handle)
        }

        var socket: Int32 { PQsocket(handle) }
        private var isLost: Bool { PQstatus(handle) != CONNECTION_OK }

        /// Runs a script of any number of statements, ignoring rows.
        func execute(_ script: String) throws {
            _ = try check(PQexec(handle, script))
        }

        /// Opens a transaction, on a new connection where the old one was lost.
        func begin(_ script: String) throws {
            hasWritten = false
            if isLost { try reconnect() }
            do {
                try execute(script)
            } catch  where isLost {
                // The server was started anew since; nothing was under way.
                try reconnect()
                try execute(script)
            }
        }

        /// - Parameter notice: what is told to listeners, in the same transaction.
        /// - Throws: unless all of it is on the server's medium.
        func commit(notice: String = "") throws {
            let result = try check(PQexec(handle, notice + "COMMIT"))
            // A transaction in which a statement failed ends with this word, and without an error.
            guard result.command == "COMMIT" else {
                throw LogDatabaseError(.other, "the server rolled the transaction back")
            }
        }

        /// Ends the transaction, if one is open.
        func rollback() {
            guard !isLost, PQtransactionStatus(handle) != PQTRANS_IDLE else { return }
            // The error that led here matters; a connection that fails here is made anew.
            PQclear(PQexec(handle, "ROLLBACK"))
        }

        /// The name of a statement, prepared where that has not been done.
        ///
        /// - Parameter values: those of its first run: they tell the types of its parameters.
        func prepare(_ sql: StaticString, for values: [SQLiteValue]) throws -> String {
            let key = UnsafeRawPointer(sql.utf8Start)
            if let name = names[key] { return name }
            let name = "canvass_\(names.count)"
            let types = PostgresValues.types(of: values)
            _ = try check(PQprepare(handle, name, PostgresDialect.statement(sql), Int32(types.count), types))
            names[key] = name
            return name
        }

        /// Runs a prepared statement.
        func run(_ name: String, with values: [SQLiteValue]) throws -> PostgresResult {
            let result = try PostgresValues(values).withPointers { count, values, lengths, formats in
                try check(PQexecPrepared(handle, name, count, values, lengths, formats, 1))
            }
            if result.changeCount > 0 { hasWritten = true }
            return result
        }

        /// Runs a statement once, with rows in the binary format.
        func run(text: String, with values: [SQLiteValue] = []) throws -> PostgresResult {
            let types = PostgresValues.types(of: values)
            return try PostgresValues(values).withPointers { count, values, lengths, formats in
                try check(PQexecParams(handle, text, count, types, values, lengths, formats, 1))
            }
        }

        /// A name for a cursor that no other of this connection has.
        func newCursor() -> String {
            cursorCount += 1
            return "canvass_cursor_\(cursorCount)"
        }

        var isTransactionSound: Bool { PQtransactionStatus(handle) == PQTRANS_INTRANS }

        /// Takes notifications that have come.
        ///
        /// - Returns: whether there were any.
        /// - Throws: where the connection is lost.
        func takeNotifications() throws -> Bool {
            guard PQconsumeInput(handle) == 1 else { throw failure(sqlState: nil) }
            var hasNews = false
            while let notification = PQnotifies(handle) {
                hasNews = true
                PQfreemem(notification)
            }
            return hasNews
        }

        private func reconnect() throws {
            let fresh = try address.connect()
            PQfinish(handle)
            handle = fresh
            names = [:]
        }

        private func check(_ raw: OpaquePointer?) throws -> PostgresResult {
            guard let raw else { throw failure(sqlState: nil) }
            let result = PostgresResult(raw)
            guard result.isSuccess else { throw failure(sqlState: result.sqlState, result.message) }
            return result
        }

        /// - Parameter sqlState: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
        private func failure(sqlState: String?, _ message: String? = nil) -> LogDatabaseError {
            let words = message ?? String(cString: PQerrorMessage(handle))
            let text = "PostgreSQL says: \(PostgresAddress.line(words))" + (sqlState.map { " (\($0))" } ?? "")
            switch sqlState {
            // disk_full.
            case "53100": return LogDatabaseError(.full, text)
            // lock_not_available, too_many_connections, idle_in_transaction_session_timeout.
            case "55P03", "53300", "25P03": return LogDatabaseError(.unavailable, text)
            // A connection that is gone, and a server that is going.
            case let state? where state.hasPrefix("08") || state.hasPrefix("57P"):
                return LogDatabaseError(.unavailable, text)
            default: return LogDatabaseError(isLost ? .unavailable : .other, text)
            }
        }
    }
#endif
