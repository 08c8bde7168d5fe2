#if Postgres
    package import CanvassRelay
    import CanvassSQLite
    import Synchronization

    /// A relay's database in PostgreSQL, which several relays can share.
    ///
    /// Invariants:
    /// 1. Whoever writes holds one advisory lock from the beginning of the transaction to its end, so that positions are given in
    ///    the order of commits; each statement behind it sees what was committed before.
    /// 2. Turns, other writers of this process and readers have a connection each: none of them can end up in the transaction of
    ///    another.
    /// 3. A transaction that changed something tells all listeners, by the commit itself.
    package final class PostgresLog: LogDatabase {
        /// "CanR", the same number that marks a file of SQLite as a relay's.
        private static let lockNumber = LogSchema.applicationID
        static let channel = "canvass_log"

        private static let beginWriting = "BEGIN; SELECT pg_advisory_xact_lock(\(lockNumber))"
        private static let beginReading = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"

        package let name: String
        let address: PostgresAddress
        private let turn: Mutex<PostgresConnection?>
        private let writer: Mutex<PostgresConnection?>
        private let reader: Mutex<PostgresConnection?>
        private let listener = Mutex<PostgresListener?>(nil)
        /// Whether there was no relay in it before.
        package let isNew: Bool

        /// Opens the database, and makes its tables or brings them up to date.
        ///
        /// - Parameter creating: whether a relay may move in.
        /// - Throws: `RelayFailure` for a database that holds other things, that a newer version made, or where a relay is missing;
        ///   `LogDatabaseError`.
        package init(_ address: PostgresAddress, creating: Bool = true) throws {
            self.address = address
            name = address.name
            isNew = try Self.transaction(on: PostgresConnection(address), Self.beginWriting) { connection in
                try PostgresSchema.migrate(connection, name: address.name, creating: creating)
            }
            turn = Mutex(nil)
            writer = Mutex(nil)
            reader = Mutex(nil)
        }

        deinit {
            listener.withLock { $0?.stop() }
        }

        package func read<T: Sendable>(_ body: (inout LogConnection) throws -> T) throws -> T {
            try lend(reader, Self.beginReading, body)
        }

        package func write<T: Sendable>(_ body: (inout LogConnection) throws -> T) throws -> T {
            try lend(writer, Self.beginWriting, body)
        }

        private func lend<T: Sendable>(
            _ slot: borrowing Mutex<PostgresConnection?>, _ begin: String, _ body: (inout LogConnection) throws -> T
        ) throws -> T {
            try slot.withLock { slot in
                try Self.transaction(on: connection(in: &slot), begin) { connection in
                    var lent = LogConnection(PostgresBackend(connection: connection))
                    return try body(&lent)
                }
            }
        }

        /// The connection that is there, or else a new one.
        private func connection(in slot: inout PostgresConnection?) throws -> PostgresConnection {
            let connection = try slot ?? PostgresConnection(address)
            slot = connection
            return connection
        }

        private static func transaction<T>(
            on connection: PostgresConnection, _ begin: String, _ body: (PostgresConnection) throws -> T
        ) throws -> T {
            try connection.begin(begin)
            do {
                let result = try body(connection)
                try commit(connection)
                return result
            } catch {
                connection.rollback()
                throw error
            }
        }

        private static func commit(_ connection: PostgresConnection) throws {
            try connection.commit(notice: connection.hasWritten ? "NOTIFY \(channel);" : "")
        }

        package func beginWrite() throws {
            try turn.withLock { slot in
                try connection(in: &slot).begin(Self.beginWriting)
            }
        }

        package func withOpenWrite<T: Sendable>(_ body: (inout LogConnection) throws -> T) throws -> T {
            try turn.withLock { slot in
                guard let connection = slot else { preconditionFailure("no transaction is open") }
                var lent = LogConnection(PostgresBackend(connection: connection))
                return try lent.savepoint(body)
            }
        }

        package func commitWrite() throws {
            try turn.withLock { slot in
                guard let connection = slot else { preconditionFailure("no transaction is open") }
                do {
                    try Self.commit(connection)
                } catch {
                    connection.rollback()
                    throw error
                }
            }
        }

        /// There are no files beside it that a relay could empty: how long the server and its backups keep old rows is up to
        /// whoever runs it.
        package func forgetErased() -> Bool { true }

        package var hindrance: String? { nil }

        package func listen(_ whenCommitted: @escaping @Sendable () -> Void) {
            listener.withLock { listener in
                listener?.stop()
                listener = PostgresListener(address, whenCommitted)
            }
        }
    }
#endif
