#if Postgres
    import CanvassRelay
    import CanvassSQLite

    /// A prepared statement, whose rows come all at once.
    final class PostgresRows: PostgresReading {
        private let connection: PostgresConnection
        private let sql: StaticString
        private var values: [SQLiteValue] = []
        private(set) var result: PostgresResult?
        private(set) var row = -1

        init(_ sql: StaticString, _ connection: PostgresConnection) {
            self.sql = sql
            self.connection = connection
        }

        func bind(_ value: SQLiteValue, at index: Int) throws { values.bind(value, at: index) }

        func step() throws -> Bool {
            if result == nil {
                let name = try connection.prepare(sql, for: values)
                let fresh = try connection.run(name, with: values)
                try fresh.checkTypes()
                result = fresh
            }
            row += 1
            return row < (result?.rowCount ?? 0)
        }

        func reset() {
            result = nil
            row = -1
        }

        var changeCount: Int64 { result?.changeCount ?? 0 }
    }

    /// A query whose rows come as they are asked for, by a cursor of the transaction.
    final class PostgresScan: PostgresReading {
        /// What is fetched at once, about.
        private static let batchBytes = 1 << 20
        private static let largestBatch = 1000

        private let connection: PostgresConnection
        private let sql: StaticString
        private var values: [SQLiteValue] = []
        /// Nil until it is open.
        private var cursor: String?
        private(set) var result: PostgresResult?
        private(set) var row = -1
        /// Rows to fetch next: few, until it is known how large they are.
        private var batchCount = 8
        private var isAtEnd = false

        init(_ sql: StaticString, _ connection: PostgresConnection) {
            self.sql = sql
            self.connection = connection
        }

        deinit {
            close()
        }

        func bind(_ value: SQLiteValue, at index: Int) throws { values.bind(value, at: index) }

        func step() throws -> Bool {
            row += 1
            if let result, row < result.rowCount { return true }
            if isAtEnd { return false }
            try fetch()
            return (result?.rowCount ?? 0) > 0
        }

        private func fetch() throws {
            let name: String
            if let cursor {
                name = cursor
            } else {
                name = connection.newCursor()
                _ = try connection.run(
                    text: "DECLARE \(name) NO SCROLL CURSOR FOR \(PostgresDialect.statement(sql))", with: values)
                cursor = name
            }
            let fresh = try connection.run(text: "FETCH \(batchCount) FROM \(name)")
            try fresh.checkTypes()
            isAtEnd = fresh.rowCount < batchCount
            if let last = fresh.rowCount > 0 ? fresh.byteCount(row: fresh.rowCount - 1) : nil {
                batchCount = min(max(Self.batchBytes / max(last, 1), 1), batchCount * 4, Self.largestBatch)
            }
            (result, row) = (fresh, 0)
        }

        func reset() {
            close()
            (result, row, isAtEnd) = (nil, -1, false)
        }

        private func close() {
            guard let cursor, connection.isTransactionSound else { return }
            self.cursor = nil
            // It would go with the transaction.
            try? connection.execute("CLOSE \(cursor)")
        }

        var changeCount: Int64 { 0 }
    }

    /// Reads the columns of one row of a result.
    private protocol PostgresReading: LogRows {
        var result: PostgresResult? { get }
        var row: Int { get }
    }

    extension PostgresReading {
        var columnCount: Int { result?.columnCount ?? 0 }
        func isNull(at index: Int) -> Bool { result?.isNull(row: row, column: index) ?? true }
        func int64(at index: Int) -> Int64 { result?.int64(row: row, column: index) ?? 0 }
        func value(at index: Int) -> SQLiteValue { result?.value(row: row, column: index) ?? .null }
        func text(at index: Int) -> String { withBytes(at: index) { String(decoding: $0, as: UTF8.self) } }

        func withBytes<T>(at index: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
            guard let result else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
            return try result.withBytes(row: row, column: index, body)
        }
    }

    extension [SQLiteValue] {
        /// - Parameter index: from 1.
        fileprivate mutating func bind(_ value: SQLiteValue, at index: Int) {
            while count < index { append(.null) }
            self[index - 1] = value
        }
    }
#endif
