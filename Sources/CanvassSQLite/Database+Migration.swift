/// Who made the file, and with which schema: two numbers in its header
/// (<https://sqlite.org/fileformat2.html#application_id>).
private struct Identity: Sendable {
    var applicationID: Int32
    var version: Int32
    var isEmpty: Bool
    var trigger: String

    init(_ connection: inout Connection) throws(SQLiteError) {
        applicationID = Int32(truncatingIfNeeded: try connection.integer("PRAGMA application_id"))
        version = Int32(truncatingIfNeeded: try connection.integer("PRAGMA user_version"))
        let tableCount = try connection.integer("SELECT count(*) FROM sqlite_schema")
        isEmpty = tableCount == 0 && applicationID == 0 && version == 0
        trigger = try connection.text("SELECT name FROM sqlite_schema WHERE type = 'trigger' LIMIT 1")
    }

    /// - Throws: unless the file is empty, or ours, without foreign triggers and no newer than `known`.
    func check(applicationID expected: Int32, known: Int32) throws(SchemaError) {
        if isEmpty { return }
        guard applicationID == expected, version >= 0 else { throw .foreign(applicationID: applicationID) }
        guard version <= known else { throw .newer(found: version, known: known) }
        guard trigger.isEmpty else { throw .altered(trigger: trigger) }
    }
}

extension Database {
    /// Brings the schema up to the last of `migrations`, each missing step in a transaction of its own.
    ///
    /// Several processes may do so at once: each step looks again, under the write lock, whether it is still missing. A
    /// database opened read-only is checked only.
    ///
    /// - Parameters:
    ///   - migrations: all steps ever released, by rising version.
    ///   - applicationID: the number that marks files of this kind.
    /// - Throws: `SchemaError` before anything is changed; `SQLiteError`; what a step threw.
    package func migrate(to migrations: [Migration], applicationID: Int32) throws {
        precondition(zip(migrations, migrations.dropFirst()).allSatisfy { $0.version < $1.version }, "rising versions")
        let known = migrations.last?.version ?? 0
        let identity = try readIdentity()
        do {
            try identity.check(applicationID: applicationID, known: known)
        } catch {
            writer?.withLock { $0.disown() }
            throw error
        }
        if options.mode.isReadOnly {
            guard identity.version == known else { throw SchemaError.older(found: identity.version, known: known) }
            return
        }
        // Opening waits for nobody's lock unless there is something to change.
        if try !isInWALMode() { try whenLocked { try $0.enterWALModeIfNeeded() } }
        if identity.version == known, identity.applicationID == applicationID { return }
        for migration in migrations where migration.version > identity.version {
            try write { connection in
                let identity = try Identity(&connection)
                try identity.check(applicationID: applicationID, known: known)
                guard identity.version < migration.version else { return }
                try migration.apply(&connection)
                try connection.execute(
                    """
                    PRAGMA application_id = \(applicationID);
                    PRAGMA user_version = \(migration.version);
                    """)
            }
        }
    }

    private func isInWALMode() throws -> Bool {
        try writer?.withLock { try $0.connection.text("PRAGMA journal_mode") } == "wal"
    }

    private func readIdentity() throws -> Identity {
        guard let writer else { return try read { connection in try Identity(&connection) } }
        return try writer.withLock { try $0.connection.snapshot { connection in try Identity(&connection) } }
    }
}
