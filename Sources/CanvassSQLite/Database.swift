import Synchronization

/// A database file that several threads and several processes share.
///
/// One connection writes and another reads, so that a reader neither waits for a writer nor stops one. Reads see whole
/// transactions only. Writes take turns through `WriteLock`, within a process and between processes.
///
/// Files beside the database: `-wal` and `-shm` (SQLite's) and `-lock` (ours, always empty). A new database and all of
/// these are for their owner alone, since a replica holds a token; a file that was there keeps its mode.
package final class Database: Sendable {
    package let path: String
    package let options: DatabaseOptions
    /// nil where the file was opened read-only.
    let writer: SharedWriter?
    /// Opened at the first read.
    private let reader: Mutex<Connection?>

    /// - Throws: `OpenError` for what a person can mend, `SQLiteError` for the rest.
    package init(path: String, options: DatabaseOptions = DatabaseOptions()) throws {
        self.path = path
        self.options = options
        try Self.examine(path, options)
        if options.mode.isReadOnly {
            writer = nil
            reader = Mutex(try Self.openReadOnly(path, options))
        } else {
            writer = SharedWriter(try Self.openWriter(path, options))
            reader = Mutex(nil)
        }
        try enterWALModeIfEmpty()
    }

    deinit {
        // Best effort: what does not get into the file now stays safe in the log. Another's turn is not waited for, and
        // what was never locked may be another program's.
        guard let writer, writer.withLock({ $0.lock.isOpen }) else { return }
        _ = try? truncateLog()
    }

    /// Runs `body` on a snapshot, on a connection that cannot write. Must not be nested: that traps.
    ///
    /// - Throws: what `body` threw, as it is, or `SQLiteError`.
    package func read<T: Sendable>(_ body: (inout Connection) throws -> T) throws -> T {
        try reader.withLock { slot in
            var connection: Connection
            if let open = slot.take() {
                connection = open
            } else {
                connection = try Self.openReader(path, options)
            }
            let result = Result { try connection.snapshot(body) }
            slot = consume connection
            return try result.get()
        }
    }

    /// Runs `body` in one transaction that is on the disk when this returns, or leaves nothing behind if it throws.
    /// Must not be nested: that traps.
    ///
    /// - Throws: what `body` threw, as it is, or `SQLiteError`; its `isBusy` where others kept writing for
    ///   `lockTimeout`.
    package func write<T: Sendable>(_ body: (inout Connection) throws -> T) throws -> T {
        try whenLocked { writer in
            let result = try writer.connection.transaction(body)
            writer.checkpointIfNeeded()
            return result
        }
    }

    /// Empties the write-ahead log if nobody is writing or reading, as before copying the file with other tools.
    ///
    /// - Returns: whether the file alone is now the whole database.
    @discardableResult
    package func truncateLog() throws -> Bool {
        guard let writer else { return false }
        return try writer.withLock { writer in
            guard writer.turnOwner == nil, try writer.tryAcquire() else { return false }
            defer { writer.lock.release() }
            return try writer.truncateLog(busyTimeoutMilliseconds: options.busyTimeoutMilliseconds)
        }
    }

    /// Moves what another process left in the log into the file, if nobody is writing or reading; for a database that is known
    /// to be one's own.
    ///
    /// What can be read there may not be on the disk: where the sync of a commit failed, its process ended without saying that
    /// it is safe, and no later sync of the log makes it so. What is written behind it would be lost with it.
    package func settleLog() throws {
        guard options.disk.size(of: path + "-wal") > 0 else { return }
        do {
            try truncateLog()
        } catch let error as SQLiteError where error.isFull {
            // It stays where it is, and the next to open the file tries again.
        }
    }

    /// Why the log could not be moved into the file after a write, a full disk for example; nil if all is well. Writes
    /// stay safe meanwhile, but the log grows.
    package var checkpointFailure: SQLiteError? {
        writer?.withLock { $0.checkpointFailure }
    }
}
