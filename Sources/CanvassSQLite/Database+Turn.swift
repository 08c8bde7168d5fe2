/// One transaction that many callers fill, for a server whose event loop makes what it received in one turn durable with
/// one write to the disk, and answers afterwards.
///
///     try database.beginWrite()
///     for request in turn { try database.withOpenWrite { connection in … } }
///     try database.commitWrite()
///
/// All three come from one thread. Others that write meanwhile wait as for another process.
extension Database {
    /// Takes the write lock, waiting for it as `write` does, and opens the transaction.
    package func beginWrite() throws {
        try waitForLock { writer in
            do {
                try writer.connection.begin()
            } catch {
                writer.lock.release()
                throw error
            }
            writer.turnOwner = FileSystem.currentThread
        }
    }

    /// Whether a turn is open.
    package var isWriting: Bool {
        writer?.withLock { $0.turnOwner != nil } ?? false
    }

    /// Runs `body` within the open turn. What it changed is undone if it throws, and the turn goes on: one bad request
    /// does not cost the others theirs.
    ///
    /// - Throws: what `body` threw, as it is. An error that ended the whole transaction (a full disk) makes
    ///   `commitWrite` throw as well.
    package func withOpenWrite<T: Sendable>(_ body: (inout Connection) throws -> T) throws -> T {
        try withTurn { writer in try writer.connection.savepoint(body) }
    }

    /// Makes the turn durable and ends it. If it throws, nothing of the turn is left.
    package func commitWrite() throws {
        try withTurn { writer in
            defer { writer.endTurn() }
            try writer.connection.commit()
            writer.checkpointIfNeeded()
        }
    }

    /// Ends the turn, leaving nothing of it.
    package func rollbackWrite() {
        withTurn { writer in
            writer.connection.rollback()
            writer.endTurn()
        }
    }

    private func withTurn<T: Sendable, E: Error>(_ body: (inout Writer) throws(E) -> T) throws(E) -> T {
        guard let writer else { preconditionFailure("the database is open for reading only") }
        return try writer.withLock { (writer) throws(E) in
            precondition(writer.turnOwner == FileSystem.currentThread, "this thread has no turn open")
            return try body(&writer)
        }
    }
}

extension Writer {
    mutating func endTurn() {
        turnOwner = nil
        lock.release()
    }
}
