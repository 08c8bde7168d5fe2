import CanvassCSQLite

extension Database {
    /// Copies the database, as of now, to a single file that is complete or absent whatever happens.
    ///
    /// Writing goes on meanwhile. The copy takes shape under a name beside the target, is brought to the disk and gets
    /// its name last (<https://sqlite.org/backup.html>).
    ///
    /// - Throws: `BackupError` or `SQLiteError`.
    /// - Parameter shouldStop: asked every four megabytes or so.
    package func backup(
        to target: String, replacing: Bool = false, shouldStop: () -> Bool = { false }
    ) throws {
        try checkTarget(target, replacing: replacing)
        let draft = try createDraft(beside: target)
        let hold = disk.holdScratch(draft)
        defer { withExtendedLifetime(hold) {} }
        do {
            do {
                try copy(to: draft, for: target, shouldStop: shouldStop)
            } catch let error as SQLiteError where error.isFull {
                // The disk of the target, not that of the database.
                throw BackupError.notWritten(path: target, reason: "its disk is full")
            }
            try publish(draft, as: target, replacing: replacing)
        } catch {
            for suffix in ["", "-journal", "-wal", "-shm"] { disk.remove(draft + suffix) }
            throw error
        }
    }

    private var disk: any Disk { options.disk }

    private func createDraft(beside target: String) throws(BackupError) -> String {
        // A process that was killed could not clean up after itself.
        disk.removeAbandonedScratch(beside: "\(target).partial")
        do {
            return try disk.createScratch(beside: "\(target).partial")
        } catch {
            throw .notWritten(path: target, reason: error.reason)
        }
    }

    private func checkTarget(_ target: String, replacing: Bool) throws(BackupError) {
        let folder = FileSystem.folder(of: target)
        guard disk.kind(of: folder) == .folder else { throw .folderMissing(path: folder) }
        guard disk.kind(of: target) != .missing else { return }
        guard replacing, disk.kind(of: target) == .file else { throw .targetExists(path: target) }
        // A log of the old file would be replayed over the new one.
        let hasLog = ["-wal", "-journal"].contains { disk.size(of: target + $0) > 0 }
        guard !hasLog, !disk.isSameFile(path, target) else { throw .targetInUse(path: target) }
    }

    /// Copies the database, as of now, into a file that is there and empty.
    ///
    /// - Parameter target: what becomes of the file, for errors.
    package func copy(to draft: String, for target: String, shouldStop: () -> Bool = { false }) throws {
        var source = try Self.openReader(path, options)
        // One snapshot for all steps: what others commit between two of them would start the copy anew.
        try source.execute("BEGIN; SELECT count(*) FROM sqlite_schema;")
        var copy = try Connection(path: draft, mode: .readWrite, disk: disk)
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

    private func publish(_ draft: String, as target: String, replacing: Bool) throws(BackupError) {
        do {
            try disk.synchronize(draft)
        } catch {
            throw .notWritten(path: target, reason: error.reason)
        }
        // The copying took time: look again.
        try checkTarget(target, replacing: replacing)
        do {
            try disk.rename(draft, to: target)
            try disk.synchronize(FileSystem.folder(of: target))
        } catch {
            throw .notWritten(path: target, reason: error.reason)
        }
    }
}
