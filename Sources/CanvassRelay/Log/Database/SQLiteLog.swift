package import CanvassSQLite

/// A relay's database in one file.
package final class SQLiteLog: LogDatabase {
    let database: Database

    /// Opens the file, and brings its schema up to date unless it is only to be read.
    ///
    /// - Throws: `RelayFailure` for a file of another program or a newer version; `OpenError` or `SQLiteError`.
    package init(path: String, options: DatabaseOptions) throws {
        database = try Database(path: path, options: options)
        do {
            try database.migrate(to: LogSchema.migrations, applicationID: LogSchema.applicationID)
        } catch let error as SchemaError {
            throw RelayFailure(error, path: path)
        }
        if !options.mode.isReadOnly { try database.settleLog() }
    }

    package var name: String { database.path }

    package func read<T: Sendable>(_ body: (inout LogConnection) throws -> T) throws -> T {
        try database.read { connection in try Self.lend(&connection, to: body) }
    }

    package func write<T: Sendable>(_ body: (inout LogConnection) throws -> T) throws -> T {
        try database.write { connection in try Self.lend(&connection, to: body) }
    }

    package func beginWrite() throws { try database.beginWrite() }

    package func withOpenWrite<T: Sendable>(_ body: (inout LogConnection) throws -> T) throws -> T {
        try database.withOpenWrite { connection in try Self.lend(&connection, to: body) }
    }

    package func commitWrite() throws { try database.commitWrite() }

    /// Empties the write-ahead log.
    package func forgetErased() throws -> Bool { try database.truncateLog() }

    package var hindrance: String? {
        database.checkpointFailure.map { "the write-ahead log cannot be moved into the database: \($0)" }
    }

    package func backup(to target: String, replacing: Bool, shouldStop: () -> Bool) throws {
        try database.backup(to: target, replacing: replacing, shouldStop: shouldStop)
    }

    /// Nobody is told: the file has no way to.
    package func listen(_ whenCommitted: @escaping @Sendable () -> Void) {}

    /// Makes a file of a relay's tables, complete or absent whatever happens.
    ///
    /// - Parameter fill: puts the rows into the tables.
    /// - Throws: `BackupError`, or what `fill` throws.
    package static func makeFile(
        at target: String, replacing: Bool, filledBy fill: (inout LogConnection) throws -> Void
    ) throws {
        try BackupTarget(target, isReplacing: replacing).write { draft in
            // Beside the draft, which is to be one file.
            let stage = draft + "-stage"
            defer { RelayDirectory.removeDatabase(stage) }
            let log = try SQLiteLog(path: stage, options: DatabaseOptions(mode: .create))
            try log.write(fill)
            try log.database.copy(to: draft, for: target)
        }
    }

    private static func lend<T>(_ connection: inout Connection, to body: (inout LogConnection) throws -> T) throws -> T
    {
        try withUnsafeMutablePointer(to: &connection) { pointer in
            var lent = LogConnection(SQLiteBackend(connection: pointer))
            return try body(&lent)
        }
    }
}

/// A connection for as long as it is lent.
private struct SQLiteBackend: LogBackend {
    let connection: UnsafeMutablePointer<Connection>

    func statement(_ sql: StaticString) throws -> any LogRows {
        SQLiteRows(try connection.pointee.cached(sql), connection)
    }

    /// SQLite computes a row when it is asked for.
    func scan(_ sql: StaticString) throws -> any LogRows { try statement(sql) }

    func beginSavepoint() throws { try connection.pointee.run("SAVEPOINT canvass") }

    func keepSavepoint() throws { try connection.pointee.run("RELEASE canvass") }

    func undoSavepoint() throws {
        // Some errors, a full disk for one, end the whole transaction and with it the savepoint.
        guard connection.pointee.isInTransaction else { return }
        try connection.pointee.run("ROLLBACK TO canvass")
        try connection.pointee.run("RELEASE canvass")
    }

    func value(named name: String) throws -> SQLiteValue? {
        var statement = try connection.pointee.cached("SELECT value FROM meta WHERE name = ?1")
        try statement.bind(name, at: 1)
        return try statement.step() ? statement.value(at: 0) : nil
    }

    func setValue(_ value: SQLiteValue, named name: String) throws {
        try connection.pointee.run("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)", .text(name), value)
    }

    /// SQLite numbers behind the greatest by itself.
    func continueNumbers() {}

    func structureFindings() throws -> [String] {
        var findings: [String] = []
        var check = try connection.pointee.prepare("PRAGMA integrity_check(10)")
        while try check.step() {
            let finding = check.text(at: 0)
            if finding != "ok" { findings.append("SQLite says: \(finding)") }
        }
        var foreign = try connection.pointee.prepare("PRAGMA foreign_key_check")
        while try foreign.step() { findings.append("a row of \(foreign.text(at: 0)) names what is not there") }
        return findings
    }

    func storage() -> LogStorage {
        let path = connection.pointee.path
        return LogStorage(
            databaseBytes: MachineFigures.fileBytes(at: path),
            writeAheadLogBytes: MachineFigures.fileBytes(at: path + "-wal"),
            freeBytes: MachineFigures.freeBytes(at: path))
    }
}

private final class SQLiteRows: LogRows {
    private var statement: Statement
    private let connection: UnsafeMutablePointer<Connection>

    init(_ statement: consuming Statement, _ connection: UnsafeMutablePointer<Connection>) {
        self.statement = statement
        self.connection = connection
    }

    func bind(_ value: SQLiteValue, at index: Int) throws { try statement.bind(value, at: index) }
    func step() throws -> Bool { try statement.step() }
    func reset() { statement.reset() }
    var changeCount: Int64 { connection.pointee.changes }
    var columnCount: Int { statement.columnCount }
    func isNull(at index: Int) -> Bool { statement.isNull(at: index) }
    func int64(at index: Int) -> Int64 { statement.int64(at: index) }
    func text(at index: Int) -> String { statement.text(at: index) }
    func value(at index: Int) -> SQLiteValue { statement.value(at: index) }

    func withBytes<T>(at index: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        try statement.withBytes(at: index, body)
    }
}
