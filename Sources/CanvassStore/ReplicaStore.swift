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
        using generator: inout some RandomNumberGenerator
    ) throws -> ReplicaStore {
        let replica = ReplicaID(using: &generator)
        let device = EntityID(milliseconds: clockMilliseconds, using: &generator)
        let joinKey = bigEndianBytes(generator.next()) + bigEndianBytes(generator.next())
        let database = try Database(path: path, options: DatabaseOptions(mode: .create, disk: disk))
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
    package static func open(path: String, on disk: any Disk = SystemDisk()) throws -> ReplicaStore {
        do {
            return try open(path, DatabaseOptions(mode: .readWrite, disk: disk))
        } catch let error as OpenError where error.isNotPermitted {
            return try open(path, DatabaseOptions(mode: .readOnly, disk: disk))
        }
    }

    /// Whether it can only be read. Whatever would write then throws an `SQLiteError` whose `isReadOnly` is true.
    package var isReadOnly: Bool { database.options.mode.isReadOnly }

    private static func open(_ path: String, _ options: DatabaseOptions) throws -> ReplicaStore {
        let database = try Database(path: path, options: options)
        try database.migrate(to: Schema.migrations, applicationID: Schema.applicationID)
        let identity = try database.read { connection in
            (try connection.metaBytes(.replica), try connection.metaBytes(.device))
        }
        guard let replica = identity.0, let device = identity.1 else {
            throw StoreError.damaged("\(path): it has no identity")
        }
        return ReplicaStore(
            database: database, replica: try ReplicaID(bytes: replica), device: try EntityID(bytes: device))
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
            let changes = try edits(&connection).map { edit in
                try workspace.commit(
                    edit.edits, scope: edit.scope, replica: replica, author: device,
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
