import CanvassCSQLite

extension Database {
    /// Tells what is wrong with a path in plainer terms than SQLite's “unable to open database file”.
    static func examine(_ path: String, _ options: DatabaseOptions) throws(OpenError) {
        let mode = options.mode
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .invalidPath(path) }
        let folder = FileSystem.folder(of: path)
        guard options.disk.kind(of: folder) == .folder else { throw .folderMissing(path: folder) }
        switch options.disk.kind(of: path) {
        case .file:
            // SQLite would take an empty file for a new database and write to it.
            if mode != .create, options.disk.size(of: path) == 0 { throw .notADatabase(path: path) }
        case .missing: guard mode == .create else { throw .fileMissing(path: path) }
        case .folder, .other: throw .notAFile(path: path)
        }
    }

    static func openWriter(_ path: String, _ options: DatabaseOptions) throws -> Writer {
        do {
            var connection = try Connection(path: path, mode: options.mode, disk: options.disk)
            let file = connection.fileName
            // SQLite makes the log when it first reads the file, not when it opens it.
            let hadLog = options.disk.kind(of: file + "-wal") != .missing
            // SQLite opens a write-protected file for reading without a word.
            guard sqlite3_db_readonly(connection.handle, "main") == 0 else {
                throw OpenError.notPermitted(path: path, reason: "it is write-protected")
            }
            try connection.applySettings(options)
            return try Writer(
                connection: connection, lock: WriteLock(databasePath: file, disk: options.disk), hadLog: hadLog,
                options: options)
        } catch let error as SQLiteError {
            throw explained(error, path)
        }
    }

    static func openReader(_ path: String, _ options: DatabaseOptions) throws -> Connection {
        do {
            var connection = try Connection(
                path: path, mode: options.mode == .untrusted ? .untrusted : .readOnly, disk: options.disk,
                isImmutable: isImmutable(path, options))
            try connection.applySettings(options)
            return connection
        } catch {
            throw explained(error, path)
        }
    }

    /// Whether a file is the whole database and cannot change, as on a write-protected medium: SQLite could otherwise not
    /// read a database in WAL mode there, since it would have to make files beside it.
    private static func isImmutable(_ path: String, _ options: DatabaseOptions) -> Bool {
        let disk = options.disk
        return options.mode.isReadOnly && disk.size(of: path + "-wal") == 0
            && disk.kind(of: path + "-shm") == .missing && !disk.isWritable(FileSystem.folder(of: path))
    }

    /// Opens a file nobody here will write to, and reads it for the first time.
    static func openReadOnly(_ path: String, _ options: DatabaseOptions) throws -> Connection {
        var connection = try openReader(path, options)
        do {
            _ = try connection.integer("SELECT count(*) FROM sqlite_schema")
            if options.mode == .untrusted, let finding = try connection.quickCheck() {
                throw OpenError.damaged(path: path, finding: finding)
            }
        } catch let error as SQLiteError {
            throw explained(error, path)
        }
        return connection
    }

    /// Turns an empty file into a database in WAL mode. One that holds something is left as it is, since it may belong
    /// to another program: `migrate` finds out.
    func enterWALModeIfEmpty() throws {
        do {
            guard let writer, try writer.withLock({ try $0.connection.integer("PRAGMA page_count") }) == 0 else {
                return
            }
            try whenLocked { try $0.enterWALMode() }
        } catch let error as SQLiteError {
            throw Self.explained(error, path)
        }
    }

    private static func explained(_ error: SQLiteError, _ path: String) -> any Error {
        if error.isNotADatabase { return OpenError.notADatabase(path: path) }
        if error.isCorrupt { return OpenError.damaged(path: path, finding: error.message) }
        if error.isCannotOpen || error.isReadOnly { return OpenError.notPermitted(path: path, reason: error.message) }
        return error
    }
}
