import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// A change of the log that is not void.
struct LoggedChange {
    let position: Int64
    let dot: Dot
    let head: ChangeHead
    let body: ChangeBody
    let context: ChangeContext
}

/// What one change of the log did to one entity.
struct LoggedEdit {
    /// In the order of application here.
    let position: Int64
    let dot: Dot
    let head: ChangeHead
    let edit: EntityEdit
    let context: ChangeContext
}

extension Connection {
    /// The row of an entity, deleted or not; nil where nothing was ever written to it here.
    mutating func entityRow(_ id: EntityID, kind: EntityKind, in scope: ScopeID) throws -> Int64? {
        var statement = try cached(
            """
            SELECT id FROM entity WHERE scope = (SELECT id FROM scope WHERE scope = ?1) AND entity = ?2
                AND kind = (SELECT id FROM term WHERE text = ?3)
            """)
        try statement.bind(scope.bytes, at: 1)
        try statement.bind(id.bytes, at: 2)
        try statement.bind(kind.rawValue, at: 3)
        defer { statement.reset() }
        return try statement.step() ? statement.int64(at: 0) : nil
    }

    /// The first change of a scope behind a position that is not void.
    mutating func loggedChange(after position: Int64, in scope: Workspace.ScopeState) throws -> LoggedChange? {
        var statement = try cached(
            """
            SELECT change.position, replica.replica, change.replica, change.sequence, change."check", change.previous,
                change.head, change.body, at.context
            FROM change JOIN replica ON replica.id = change.replica
                LEFT JOIN change AS at ON at.position = change.context_at
            WHERE change.scope = ?1 AND change.position > ?2 AND change.body IS NOT NULL
            ORDER BY change.position LIMIT 1
            """)
        try statement.bind(scope.row, at: 1)
        try statement.bind(position, at: 2)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        return try LoggedChange(statement, in: scope)
    }

    /// Every change that touched an entity and is not void, in the order of application, which is causal.
    ///
    ///
    /// - Parameter row: the entity's row.
    mutating func loggedEdits(
        ofRow row: Int64, _ id: EntityID, kind: String, in scope: Workspace.ScopeState
    ) throws -> [LoggedEdit] {
        var statement = try cached(
            """
            SELECT change.position, replica.replica, change.replica, change.sequence, change."check", change.previous,
                change.head, change.body, at.context
            FROM change JOIN replica ON replica.id = change.replica
                LEFT JOIN change AS at ON at.position = change.context_at
            WHERE change.body IS NOT NULL AND change.position IN (
                SELECT first.position FROM entity JOIN change AS first USING (scope, replica, sequence, "check")
                WHERE entity.id = ?1
                UNION ALL SELECT position FROM edit WHERE entity = ?1)
            ORDER BY change.position
            """)
        try statement.bind(row, at: 1)
        defer { statement.reset() }
        var edits: [LoggedEdit] = []
        while try statement.step() {
            let change = try LoggedChange(statement, in: scope)
            let edit = change.body.edits.first { $0.entity == id && $0.kind.hasSameBytes(as: kind) }
            guard let edit else {
                throw StoreError.damaged("change \(change.dot): it does not touch \(kind) \(id)")
            }
            edits.append(
                LoggedEdit(
                    position: change.position, dot: change.dot, head: change.head, edit: edit, context: change.context))
        }
        return edits
    }
}

extension LoggedChange {
    /// From the columns position, replica, row of the replica, sequence, check, previous, head, body and context.
    fileprivate init(_ row: borrowing Statement, in scope: Workspace.ScopeState) throws {
        position = row.int64(at: 0)
        dot = Dot(
            replica: try ReplicaID(bytes: row.bytes(at: 1)), sequence: UInt64(bitPattern: row.int64(at: 3)),
            check: UInt64(bitPattern: row.int64(at: 4)))
        head = try ChangeHead(decoding: row.bytes(at: 6))
        body = try ChangeBody(decoding: row.bytes(at: 7))
        context = ChangeContext(
            of: dot, after: UInt64(bitPattern: row.int64(at: 5)),
            context: try VersionVector(stored: row.bytes(at: 8)), scope: scope, replica: row.int64(at: 2))
    }
}
