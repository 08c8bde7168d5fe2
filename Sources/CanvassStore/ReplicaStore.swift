package import CanvassCRDT
package import CanvassSQLite

/// A replica file: the log, the merged present, and what it knows of its relay.
///
/// Every method is one transaction; nothing half-done is ever in the file, whenever the process ends.
package final class ReplicaStore: Sendable {
    package let database: Database
    package let replica: ReplicaID
    package let device: EntityID

    private init(database: Database, replica: ReplicaID, device: EntityID) {
        self.database = database
        self.replica = replica
        self.device = device
    }

    /// Makes a new replica file with a new identity.
    ///
    /// - Throws: `OpenError`, `SchemaError`, or `StoreError.exists` when the file holds a replica already.
    package static func create(
        path: String, on disk: any Disk = SystemDisk(), clockMilliseconds: Int64,
        using generator: inout some RandomNumberGenerator, waiting: LockWaiting = LockWaiting()
    ) throws -> ReplicaStore {
        let replica = ReplicaID(using: &generator)
        let device = EntityID(milliseconds: clockMilliseconds, using: &generator)
        let joinKey = bigEndianBytes(generator.next()) + bigEndianBytes(generator.next())
        let database = try Database(path: path, options: DatabaseOptions(mode: .create, disk: disk, waiting: waiting))
        try database.migrate(to: Schema.migrations, applicationID: Schema.applicationID)
        try database.write { connection in
            guard try connection.metaBytes(.replica) == nil else {
                throw StoreError.exists(path: path)
            }
            try connection.setMeta(.replica, .blob(replica.bytes))
            try connection.setMeta(.device, .blob(device.bytes))
            try connection.setMeta(.joinKey, .blob(joinKey))
        }
        return ReplicaStore(database: database, replica: replica, device: device)
    }

    /// Opens an existing replica file and brings its schema up to date.
    ///
    /// A file, folder or medium that is write-protected is opened for reading: see `isReadOnly`.
    ///
    /// - Throws: `OpenError`, `SchemaError`, or `StoreError.unfinished` where making the replica was cut short.
    package static func open(
        path: String, on disk: any Disk = SystemDisk(), waiting: LockWaiting = LockWaiting()
    ) throws -> ReplicaStore {
        do {
            return try open(path, DatabaseOptions(mode: .readWrite, disk: disk, waiting: waiting))
        } catch let error as OpenError where error.isNotPermitted {
            return try open(path, DatabaseOptions(mode: .readOnly, disk: disk, waiting: waiting))
        }
    }

    /// Whether it can only be read. Whatever would write then throws an `SQLiteError` whose `isReadOnly` is true.
    package var isReadOnly: Bool { database.options.mode.isReadOnly }

    private static func open(_ path: String, _ options: DatabaseOptions) throws -> ReplicaStore {
        let database = try Database(path: path, options: options)
        try database.migrate(to: Schema.migrations, applicationID: Schema.applicationID)
        try database.settleLog()
        let (replica, device, isEmpty) = try database.read { connection in
            (
                try connection.metaBytes(.replica), try connection.metaBytes(.device), try connection.holdsNothing()
            )
        }
        guard let replica, let device else {
            throw isEmpty ? StoreError.unfinished(path: path) : StoreError.damaged("\(path): it has no identity")
        }
        return ReplicaStore(
            database: database, replica: try ReplicaID(bytes: replica), device: try EntityID(bytes: device))
    }
}

extension ReplicaStore {
    /// Whether making a replica at `path` was cut short, so that it can be made there. The file is only read.
    package static func isUnfinished(path: String, on disk: any Disk = SystemDisk()) -> Bool {
        let options = DatabaseOptions(mode: .readOnly, disk: disk)
        // A file that cannot be read, or that is another's, is none of ours to go on with.
        let isUnfinished = try? Database(path: path, options: options).read { connection in
            var statement = try connection.prepare(
                """
                SELECT (SELECT count(*) FROM sqlite_schema), (SELECT application_id FROM pragma_application_id)
                """)
            guard try statement.step() else { return false }
            let (objects, applicationID) = (statement.int64(at: 0), statement.int64(at: 1))
            if objects == 0, applicationID == 0 { return true }
            return try applicationID == Schema.applicationID && connection.holdsNothing()
        }
        return isUnfinished ?? false
    }
}

extension Connection {
    fileprivate mutating func holdsNothing() throws -> Bool {
        var statement = try cached("SELECT 1 FROM meta UNION ALL SELECT 1 FROM change LIMIT 1")
        return try !statement.step()
    }
}

// MARK: Writing

/// One change to be made: what it does, and where.
package struct Edit: Sendable {
    package var scope: ScopeID
    package var edits: [EntityEdit]

    package init(scope: ScopeID, edits: [EntityEdit]) {
        self.scope = scope
        self.edits = edits
    }
}

extension ReplicaStore {
    /// Makes one change for each edit, all in one transaction that is durable when this returns.
    ///
    /// - Returns: the changes, in order.
    @discardableResult
    package func commit(_ edits: [Edit], clockMilliseconds: Int64) throws -> [Change] {
        try commit(clockMilliseconds: clockMilliseconds) { _ in edits }
    }

    /// The same for edits that depend on what the replica holds: `edits` reads within the transaction that writes, so
    /// what its author was shown is what the change replaces.
    @discardableResult
    package func commit(
        clockMilliseconds: Int64, _ edits: (inout Connection) throws -> [Edit]
    ) throws -> [Change] {
        try database.write { connection in
            var workspace = Workspace()
            // As it stands now: another process may have given the replica a new one.
            let identity = try connection.identity()
            let changes = try edits(&connection).map { edit in
                try workspace.commit(
                    edit.edits, scope: edit.scope, replica: identity, author: device,
                    clockMilliseconds: clockMilliseconds, in: &connection)
            }
            try workspace.flush(&connection)
            return changes
        }
    }

    /// Applies changes that came from elsewhere, in order.
    ///
    /// - Returns: how many were not held before.
    @discardableResult
    package func apply(_ changes: [Change]) throws -> Int {
        try database.write { connection in
            var workspace = Workspace()
            let applied = try changes.count { try workspace.apply($0, in: &connection) }
            try workspace.flush(&connection)
            return applied
        }
    }
}
