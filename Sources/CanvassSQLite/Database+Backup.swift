import CanvassCSQLite

extension Database {
    /// Copies the database, as of now, to a single file that is complete or absent whatever happens.
    ///
    /// Writing goes on meanwhile. The copy takes shape under a name beside the target, is brought to the disk and gets
    /// its name last (<https://sqlite.org/backup.html>).
    ///
    /// - Throws: `BackupError` or `SQLiteError`.
    package func backup(to target: String, replacing: Bool = false) throws {
        try checkTarget(target, replacing: replacing)
        let draft = try createDraft(beside: target)
        do {
            do {
                try copy(to: draft)
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

    private func copy(to draft: String) throws {
        let source = try Self.openReader(path, options)
        var copy = try Connection(path: draft, mode: .readWrite, disk: disk)
        // All pages in one step: in several, every commit by another connection would start the copy anew.
        guard let backup = sqlite3_backup_init(copy.handle, "main", source.handle, "main") else {
            throw SQLiteError(connection: copy.handle, code: sqlite3_extended_errcode(copy.handle), operation: "backup")
        }
        let stepped = sqlite3_backup_step(backup, -1)
        let finished = sqlite3_backup_finish(backup)
        guard stepped == SQLITE_DONE, finished == SQLITE_OK else {
            let code = finished == SQLITE_OK ? stepped : finished
            throw SQLiteError(connection: copy.handle, code: code, operation: "backup")
        }
        // The header was copied too and says WAL, which would make two more files of the copy.
        guard try copy.text("PRAGMA journal_mode = DELETE") == "delete" else {
            throw BackupError.notWritten(path: draft, reason: "it could not be made a single file")
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
