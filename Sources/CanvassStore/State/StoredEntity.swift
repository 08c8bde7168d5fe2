import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// An entity with what its row holds beside the merged state.
struct StoredEntity {
    var state: EntityState
    /// The row in `entity`; nil before the first save.
    var row: Int64?
    /// The change and the stamp that every field has which `clocks` does not list.
    var defaultClock: Dot
    var defaultStamp: Stamp?
    /// How many rows of `version` the entity has.
    var versionCount = 0

    init(state: EntityState, defaultClock: Dot) {
        self.state = state
        self.defaultClock = defaultClock
    }
}

extension Connection {
    /// Reads one entity; nil where there is none.
    mutating func storedEntity(
        _ entity: EntityID, kind: Int64, kindName: String, scope: Int64
    ) throws -> StoredEntity? {
        var statement = try cached(
            """
            SELECT entity.id, is_alive, fields, stamp, replica.replica, sequence, "check", clocks, versions,
                unknown_operations
            FROM entity JOIN replica ON replica.id = entity.replica
            WHERE scope = ?1 AND entity = ?2 AND kind = ?3
            """)
        try statement.bind(scope, at: 1)
        try statement.bind(entity.bytes, at: 2)
        try statement.bind(kind, at: 3)
        guard try statement.step() else { return nil }
        let defaultClock = try statement.dot(at: 4)
        var builder = StateBuilder(
            defaultClock: defaultClock, defaultStamp: Stamp(milliseconds: statement.int64(at: 3)),
            clocks: try PackedClocks(stored: statement.bytes(at: 7)))
        builder.addWinners(try JSON.decode(statement.bytes(at: 2)), isAlive: statement.int64(at: 1) != 0)
        let row = statement.int64(at: 0)
        let versionCount = Int(statement.int64(at: 8))
        if versionCount > 0 { try addVersions(of: row, to: &builder) }
        var stored = StoredEntity(
            state: builder.state(
                kind: kindName, entity: entity, unknownOperations: Int(UInt32(clamping: statement.int64(at: 9)))),
            defaultClock: defaultClock)
        stored.row = row
        stored.defaultStamp = builder.defaultStamp
        stored.versionCount = versionCount
        return stored
    }

    private mutating func addVersions(of row: Int64, to builder: inout StateBuilder) throws {
        var statement = try cached(
            """
            SELECT field, element, value, stamp, replica.replica, sequence, "check"
            FROM version JOIN replica ON replica.id = version.replica WHERE entity = ?1
            """)
        try statement.bind(row, at: 1)
        while try statement.step() {
            builder.add(
                Version(
                    dot: try statement.dot(at: 4), stamp: Stamp(milliseconds: statement.int64(at: 3)),
                    value: try JSON.decode(statement.bytes(at: 2))),
                field: statement.text(at: 0),
                element: statement.isNull(at: 1) ? nil : try JSON.decode(statement.bytes(at: 1)))
        }
    }

    /// Writes an entity back: winners as JSON, the clocks that differ from the row's, every other version in a row.
    mutating func save(
        _ stored: inout StoredEntity, scope: Int64, kind: Int64, workspace: inout Workspace, stamp: Stamp
    ) throws {
        let state = stored.state
        let defaultStamp = stored.defaultStamp ?? stamp
        let row = PackedState(state, defaultClock: stored.defaultClock, defaultStamp: defaultStamp)
        if let id = stored.row {
            var update = try cached(
                """
                UPDATE entity SET is_alive = ?2, fields = ?3, clocks = ?4, versions = ?5, unknown_operations = ?6
                WHERE id = ?1
                """)
            try update.bind(id, at: 1)
            try update.bind(state.isAlive ? 1 : 0, at: 2)
            try update.bind(row.fields, at: 3)
            try update.bind(row.clocks, at: 4)
            try update.bind(row.others.count, at: 5)
            try update.bind(state.unknownOperations, at: 6)
            try update.run()
        } else {
            var insert = try cached(
                """
                INSERT INTO entity (scope, entity, kind, is_alive, fields, stamp, replica, sequence, "check", clocks,
                    versions, unknown_operations)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                """)
            try insert.bind(scope, at: 1)
            try insert.bind(state.entity.bytes, at: 2)
            try insert.bind(kind, at: 3)
            try insert.bind(state.isAlive ? 1 : 0, at: 4)
            try insert.bind(row.fields, at: 5)
            try insert.bind(defaultStamp.milliseconds, at: 6)
            try insert.bind(try workspace.row(of: stored.defaultClock.replica, in: &self), at: 7)
            try insert.bind(Int64(bitPattern: stored.defaultClock.sequence), at: 8)
            try insert.bind(Int64(bitPattern: stored.defaultClock.check), at: 9)
            try insert.bind(row.clocks, at: 10)
            try insert.bind(row.others.count, at: 11)
            try insert.bind(state.unknownOperations, at: 12)
            try insert.run()
            stored.row = lastInsertRowID
        }
        if let id = stored.row, stored.versionCount > 0 || !row.others.isEmpty {
            try replaceVersions(of: id, with: row.others, &workspace)
        }
    }

    private mutating func replaceVersions(
        of row: Int64, with others: [PackedState.Other], _ workspace: inout Workspace
    ) throws {
        try run("DELETE FROM version WHERE entity = ?1", .integer(row))
        for other in others {
            let replica = try workspace.row(of: other.version.dot.replica, in: &self)
            var insert = try cached(
                """
                INSERT INTO version (entity, field, element, value, stamp, replica, sequence, "check", is_conflict)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                """)
            try insert.bind(row, at: 1)
            try insert.bind(other.field, at: 2)
            try insert.bind(other.element.map { JSON.encode($0) }, at: 3)
            try insert.bind(JSON.encode(other.version.value), at: 4)
            try insert.bind(other.version.stamp.milliseconds, at: 5)
            try insert.bind(replica, at: 6)
            try insert.bind(Int64(bitPattern: other.version.dot.sequence), at: 7)
            try insert.bind(Int64(bitPattern: other.version.dot.check), at: 8)
            try insert.bind(other.isConflict ? 1 : 0, at: 9)
            try insert.run()
        }
    }
}
