#if Postgres
    import CanvassRelay
    import CanvassSQLite

    extension PostgresLog {
        /// Backups are files of SQLite whatever a relay runs on, so that each kind can be restored from every backup.
        ///
        /// - Throws: `BackupError`, `SQLiteError` or `LogDatabaseError`.
        package func backup(to target: String, replacing: Bool, shouldStop: () -> Bool) throws {
            do {
                try SQLiteLog.makeFile(at: target, replacing: replacing) { copy in
                    try read { source in try LogCopy.copy(from: &source, to: &copy, shouldStop: shouldStop) }
                }
            } catch is CancellationError {
                throw BackupError.stopped(path: target)
            }
        }
    }
#endif
