import CanvassCSQLite

/// What SQLite, or the lock that guards writing, refused to do.
///
/// The codes are those of <https://sqlite.org/rescode.html>.
public struct SQLiteError: Error, Sendable, CustomStringConvertible {
    /// The primary result code: the low 8 bits of `extendedCode`.
    public var code: Int32 { extendedCode & 0xff }
    public var extendedCode: Int32
    public var message: String
    /// What was attempted: "step", "open", "wait for the write lock" …
    public var operation: String
    public var sql: String?
    public var path: String?

    public init(extendedCode: Int32, message: String, operation: String, sql: String? = nil, path: String? = nil) {
        self.extendedCode = extendedCode
        self.message = message
        self.operation = operation
        self.sql = sql
        self.path = path
    }

    /// Another program was in the way for longer than anybody waits. SQLITE_PROTOCOL says so of the write-ahead log's
    /// index.
    public var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_PROTOCOL }
    public var isFull: Bool { code == SQLITE_FULL }
    /// An error of the disk, of the medium or of a limit on it.
    public var isInputOutput: Bool { code == SQLITE_IOERR }
    public var isReadOnly: Bool { code == SQLITE_READONLY }
    public var isCorrupt: Bool { code == SQLITE_CORRUPT }
    public var isNotADatabase: Bool { code == SQLITE_NOTADB }
    public var isConstraint: Bool { code == SQLITE_CONSTRAINT }
    public var isInterrupted: Bool { code == SQLITE_INTERRUPT }
    /// Writing to the medium failed, as opposed to reading from it.
    public var isWriteFailure: Bool {
        // SQLITE_IOERR_WRITE, _FSYNC, _DIR_FSYNC, _TRUNCATE: macros that Swift does not import.
        [3, 4, 5, 6].contains { extendedCode == SQLITE_IOERR | ($0 << 8) }
    }
    public var isCannotOpen: Bool { code == SQLITE_CANTOPEN }

    public var description: String {
        var text = "\(operation): \(message) (SQLite \(extendedCode))"
        if let path { text += " in \(path)" }
        if let sql { text += ", statement: \(sql)" }
        return text
    }
}

extension SQLiteError {
    /// The operation of a write that gave up waiting for the write lock; its message says for whom.
    package static let waiting = "wait for the write lock"

    /// SQLITE_IOERR_LOCK and SQLITE_IOERR_SHMOPEN, macros that Swift does not import.
    static let inputOutputLock = SQLITE_IOERR | (15 << 8)
    static let inputOutputSharedMemory = SQLITE_IOERR | (18 << 8)

    /// The error that `connection` reported last.
    init(connection: OpaquePointer, code: Int32, operation: String, sql: String? = nil) {
        let path = sqlite3_db_filename(connection, nil).map { String(cString: $0) }
        self.init(
            extendedCode: code, message: String(cString: sqlite3_errmsg(connection)), operation: operation, sql: sql,
            path: path.flatMap { $0.isEmpty ? nil : $0 })
    }
}
