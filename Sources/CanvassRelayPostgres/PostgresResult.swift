#if Postgres
    import CanvassCPostgres
    import CanvassRelay
    import CanvassSQLite

    /// What the server answered to a statement: rows in the binary format, or how many rows were changed.
    final class PostgresResult {
        private let handle: OpaquePointer

        init(_ handle: OpaquePointer) {
            self.handle = handle
        }

        deinit {
            PQclear(handle)
        }

        var isSuccess: Bool { [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(handle)) }
        var sqlState: String? { PQresultErrorField(handle, canvass_postgres_sqlstate()).map { String(cString: $0) } }
        var message: String { String(cString: PQresultErrorMessage(handle)) }
        /// The word that says what was done: "COMMIT".
        var command: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }
        var rowCount: Int { Int(PQntuples(handle)) }
        var columnCount: Int { Int(PQnfields(handle)) }

        /// Rows that were added, changed or deleted.
        var changeCount: Int64 {
            guard !command.hasPrefix("SELECT"), !command.hasPrefix("FETCH") else { return 0 }
            return Int64(String(cString: PQcmdTuples(handle))) ?? 0
        }

        /// Bytes of all values of a row.
        func byteCount(row: Int) -> Int {
            (0..<PQnfields(handle)).reduce(0) { $0 + Int(PQgetlength(handle, Int32(row), $1)) }
        }

        func isNull(row: Int, column: Int) -> Bool { PQgetisnull(handle, Int32(row), Int32(column)) == 1 }

        func withBytes<T>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
            let count = Int(PQgetlength(handle, Int32(row), Int32(column)))
            let start = UnsafeRawPointer(PQgetvalue(handle, Int32(row), Int32(column)))
            return try body(UnsafeRawBufferPointer(start: start, count: count))
        }

        /// A whole number of any width, or a truth value.
        func int64(row: Int, column: Int) -> Int64 {
            withBytes(row: row, column: column) { bytes in
                // From the sign on; NULL has no bytes.
                bytes.dropFirst().reduce(bytes.first.map { Int64(Int8(bitPattern: $0)) } ?? 0) { $0 << 8 | Int64($1) }
            }
        }

        func value(row: Int, column: Int) -> SQLiteValue {
            if isNull(row: row, column: column) { return .null }
            switch PQftype(handle, Int32(column)) {
            case PostgresValues.TypeNumber.bytes: return .blob(withBytes(row: row, column: column) { Array($0) })
            case PostgresValues.TypeNumber.text:
                return .text(withBytes(row: row, column: column) { String(decoding: $0, as: UTF8.self) })
            default: return .integer(int64(row: row, column: column))
            }
        }

        private static let readableTypes: Set<Oid> = [
            PostgresValues.TypeNumber.boolean, PostgresValues.TypeNumber.bytes, PostgresValues.TypeNumber.integer64,
            PostgresValues.TypeNumber.integer16, PostgresValues.TypeNumber.integer32, PostgresValues.TypeNumber.text,
        ]

        /// - Throws: where a column is of a type that is not read here, `numeric` for one: a fault of the statement.
        func checkTypes() throws {
            for column in 0..<PQnfields(handle) where !Self.readableTypes.contains(PQftype(handle, column)) {
                throw LogDatabaseError(
                    .other,
                    "column \(column) of a statement is of type \(PQftype(handle, column)), which no relay reads")
            }
        }
    }
#endif
