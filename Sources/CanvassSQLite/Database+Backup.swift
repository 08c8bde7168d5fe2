import CanvassCSQLite

extension Database {
    /// Copies the database, as of now, to a single file that is complete or absent whatever happens. Writing goes on meanwhile.
    ///
    /// - Throws: `BackupError` or `SQLiteError`.
    /// - Parameter shouldStop: asked every four megabytes or so.
    package func backup(
        to target: String, replacing: Bool = false, shouldStop: () -> Bool = { false }
    ) throws {
        try BackupTarget(target, isReplacing: replacing, disk: options.disk, source: path).write { draft in
            try copy(to: draft, for: target, shouldStop: shouldStop)
        }
    }

    /// Copies the database, as of now, into a file that is there and empty.
    ///
    /// - Parameter target: what becomes of the file, for errors.
    package func copy(to draft: String, for target: String, shouldStop: () -> Bool = { false }) throws {
        var source = try Self.openReader(path, options)
        // One snapshot for all steps: what others commit between two of them would start the copy anew.
        try source.execute("BEGIN; SELECT count(*) FROM sqlite_schema;")
        var copy = try Connection(path: draft, mode: .readWrite, disk: options.disk)
        guard let backup = sqlite3_backup_init(copy.handle, "main", source.handle, "main") else {
            throw SQLiteError(connection: copy.handle, code: sqlite3_extended_errcode(copy.handle), operation: "backup")
        }
        var code = SQLITE_OK
        while code == SQLITE_OK, !shouldStop() { code = sqlite3_backup_step(backup, 1024) }
        let finished = sqlite3_backup_finish(backup)
        if code == SQLITE_OK { throw BackupError.stopped(path: target) }
        do {
            guard code == SQLITE_DONE, finished == SQLITE_OK else {
                throw SQLiteError(
                    connection: copy.handle, code: finished == SQLITE_OK ? code : finished, operation: "backup")
            }
            // The header was copied too and says WAL, which would make two more files of the copy.
            guard try copy.text("PRAGMA journal_mode = DELETE") == "delete" else {
                throw BackupError.notWritten(path: target, reason: "it could not be made a single file")
            }
        } catch let error as SQLiteError where error.isFull || error.isWriteFailure {
            throw BackupError.notWritten(path: target, reason: error.isFull ? "the disk is full" : error.message)
        }
    }
}
