import CanvassCSQLite
import Synchronization

/// One connection to one database file.
///
/// SQLite lets any thread use a connection opened with `NOMUTEX` “provided that no single database connection … is used
/// simultaneously in two or more threads” (<https://sqlite.org/threadsafe.html>). Here the compiler sees to that: the
/// type cannot be copied and whatever reaches SQLite is `mutating`, so every use is an exclusive access. That makes it
/// `Sendable` although it holds pointers.
package struct Connection: ~Copyable, Sendable {
    nonisolated(unsafe) let handle: OpaquePointer
    private nonisolated(unsafe) let cache = StatementCache()
    package let path: String
    package let mode: OpenMode
    let disk: any Disk

    /// Opens the file without reading it, so what is not a database shows at the first statement.
    ///
    /// - Parameters:
    ///   - path: always a file: neither a URI nor `:memory:`.
    ///   - isImmutable: whether nothing can change the file, so that SQLite needs neither locks nor files beside it.
    package init(
        path: String, mode: OpenMode, disk: any Disk = SystemDisk(), isImmutable: Bool = false
    ) throws(SQLiteError) {
        handle = try Self.open(path, flags: mode.flags, disk: disk, isImmutable: isImmutable)
        self.path = path
        self.mode = mode
        self.disk = disk
    }

    deinit {
        // A statement still alive keeps the memory of the connection alive until it is gone.
        sqlite3_close_v2(handle)
    }

    /// Held while a file of the system's disk is made and opened: see `SystemDisk.createPrivate`.
    private static let opening = Mutex(())

    private static func open(
        _ path: String, flags: Int32, disk: any Disk, isImmutable: Bool
    ) throws(SQLiteError) -> OpaquePointer {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw SQLiteError(extendedCode: SQLITE_CANTOPEN, message: "not the name of a file", operation: "open")
        }
        // Distributions build SQLite so that "file:" starts a URI, whose parameters could lift the restrictions here.
        let isSpecial = path.hasPrefix("file:") || path.hasPrefix(":")
        let plain = isSpecial ? "./" + path : path
        let name = isImmutable ? immutableURI(plain) : plain
        let flags = isImmutable ? flags | SQLITE_OPEN_URI : flags
        var handle: OpaquePointer?
        func create() -> Int32 {
            // SQLite would let everybody read the file. Its log, index and journal get the mode that the file has.
            if flags & SQLITE_OPEN_CREATE != 0 { disk.createPrivate(name) }
            return sqlite3_open_v2(name, &handle, flags, disk.vfsName)
        }
        let code = disk.vfsName == nil ? opening.withLock { _ in create() } : create()
        guard let handle else {
            throw SQLiteError(extendedCode: code, message: "out of memory", operation: "open", path: path)
        }
        guard code == SQLITE_OK else {
            let message = String(cString: sqlite3_errmsg(handle))
            sqlite3_close_v2(handle)
            throw SQLiteError(extendedCode: code, message: message, operation: "open", path: path)
        }
        return handle
    }

    /// Source: <https://sqlite.org/uri.html>.
    private static func immutableURI(_ path: String) -> String {
        var uri = path.hasPrefix("/") ? "file://" : "file:"
        for byte in path.utf8 {
            let character = Character(Unicode.Scalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "/-._".contains(character))
            let digits = String(byte, radix: 16)
            uri += isPlain ? String(character) : (digits.count == 1 ? "%0" : "%") + digits
        }
        return uri + "?immutable=1"
    }

    /// Runs a script of any number of statements, ignoring rows. Values never belong in its text: bind them.
    package mutating func execute(_ script: String) throws(SQLiteError) {
        guard !script.utf8.contains(0) else { throw containsNUL(script) }
        let code = sqlite3_exec(handle, script, nil, nil, nil)
        guard code == SQLITE_OK else {
            throw SQLiteError(connection: handle, code: code, operation: "execute", sql: script)
        }
    }

    /// Runs one statement with values, ignoring rows.
    package mutating func run(_ sql: StaticString, _ values: SQLiteValue...) throws(SQLiteError) {
        var statement = try cached(sql)
        try statement.bind(values)
        try statement.run()
    }

    /// Compiles one statement.
    ///
    /// - Throws: SQLite's complaint, or `SQLITE_MISUSE` where the text holds no statement or more than one.
    package mutating func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        Statement(try compile(sql, flags: 0))
    }

    /// The statement for a literal, compiled at its first use and kept. The fast way for all that runs often.
    package mutating func cached(_ sql: StaticString) throws(SQLiteError) -> Statement {
        if let prepared = cache.take(sql) { return Statement(prepared) }
        let prepared = try compile(sql.description, flags: UInt32(SQLITE_PREPARE_PERSISTENT))
        cache.keep(prepared, for: sql)
        return Statement(prepared)
    }

    /// The same for a text made at run time, such as one that names the columns of a survey.
    package mutating func cached(dynamic sql: String) throws(SQLiteError) -> Statement {
        if let prepared = cache.take(sql) { return Statement(prepared) }
        let prepared = try compile(sql, flags: UInt32(SQLITE_PREPARE_PERSISTENT))
        cache.keep(prepared, for: sql)
        return Statement(prepared)
    }

    /// The path as SQLite has it: absolute, with every symbolic link followed.
    var fileName: String {
        guard let name = sqlite3_db_filename(handle, nil), name.pointee != 0 else { return path }
        return String(cString: name)
    }

    package var lastInsertRowID: Int64 {
        mutating get { sqlite3_last_insert_rowid(handle) }
    }

    /// Rows that the last INSERT, UPDATE or DELETE touched.
    package var changes: Int64 {
        mutating get { sqlite3_changes64(handle) }
    }

    /// Whether a transaction is open. SQLite itself ends one at some errors, a full disk for example.
    package var isInTransaction: Bool {
        mutating get { sqlite3_get_autocommit(handle) == 0 }
    }

    private func compile(_ sql: String, flags: UInt32) throws(SQLiteError) -> PreparedStatement {
        guard !sql.utf8.contains(0) else { throw containsNUL(sql) }
        var first: OpaquePointer?
        var second: OpaquePointer?
        let code = sql.withCString { start in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(handle, start, -1, flags, &first, &tail)
            guard code == SQLITE_OK, let tail, tail.pointee != 0 else { return code }
            // What follows is blank or comment exactly if it compiles to nothing.
            return sqlite3_prepare_v3(handle, tail, -1, 0, &second, nil)
        }
        defer { sqlite3_finalize(second) }
        let prepared = first.map { PreparedStatement(handle: $0) }
        guard prepared == nil || (second == nil && code == SQLITE_OK) else {
            throw SQLiteError(
                extendedCode: SQLITE_MISUSE, message: "one statement at a time", operation: "prepare", sql: sql)
        }
        guard code == SQLITE_OK else {
            throw SQLiteError(connection: handle, code: code, operation: "prepare", sql: sql)
        }
        guard let prepared else {
            throw SQLiteError(
                extendedCode: SQLITE_MISUSE, message: "no statement in the text", operation: "prepare", sql: sql)
        }
        return prepared
    }

    private func containsNUL(_ sql: String) -> SQLiteError {
        SQLiteError(
            extendedCode: SQLITE_MISUSE, message: "the statement has a NUL in it; bind such text as a value",
            operation: "prepare", sql: sql)
    }
}
