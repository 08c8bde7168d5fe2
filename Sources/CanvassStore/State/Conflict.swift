package import CanvassCRDT
import CanvassCoding
package import CanvassSQLite

/// A version with who put it there.
package struct AttributedVersion: Sendable, Hashable {
    package let version: Version
    package let author: EntityID
    /// The author's clock when the change was made; the stamp may be later.
    package let authorStamp: Stamp
}

/// The name of a cell that is in conflict.
package struct ConflictingCell: Sendable, Hashable {
    package let scope: ScopeID
    package let entity: EntityID
    package let kind: EntityKind
    package let field: String
}

/// A cell in which concurrent changes left versions of different value.
package struct Conflict: Sendable, Hashable {
    package let scope: ScopeID
    package let entity: EntityID
    package let kind: String
    package let field: String
    /// The winner, which is shown, comes first.
    package let versions: [AttributedVersion]
}

extension Connection {
    /// Every open conflict, in the order of entities and fields.
    package mutating func conflicts() throws -> [Conflict] {
        var conflicts: [Conflict] = []
        for name in try cellsInConflict() {
            guard let cell = try state(of: name.entity, kind: name.kind, in: name.scope)?.cell(name.field) else {
                continue
            }
            conflicts.append(
                Conflict(
                    scope: name.scope, entity: name.entity, kind: name.kind.rawValue, field: name.field,
                    versions: try cell.versions.map { try attributed($0, in: name.scope) }))
        }
        return conflicts
    }

    /// The cells that are in conflict, without what is in them; those of a kind that this version does not know are left
    /// out.
    package mutating func cellsInConflict() throws -> [ConflictingCell] {
        var statement = try cached(
            """
            SELECT DISTINCT scope.scope, entity.entity, term.text, version.field
            FROM version JOIN entity ON entity.id = version.entity JOIN scope ON scope.id = entity.scope
                JOIN term ON term.id = entity.kind
            WHERE version.is_conflict AND entity.is_alive ORDER BY entity.entity, version.field, scope.scope, term.text
            """)
        var cells: [ConflictingCell] = []
        while try statement.step() {
            guard let kind = EntityKind(rawValue: statement.text(at: 2)) else { continue }
            cells.append(
                ConflictingCell(
                    scope: try ScopeID(bytes: statement.bytes(at: 0)),
                    entity: try EntityID(bytes: statement.bytes(at: 1)), kind: kind, field: statement.text(at: 3)))
        }
        return cells
    }

    /// Looks up who made the change that a version came with.
    package mutating func attributed(_ version: Version, in scope: ScopeID) throws -> AttributedVersion {
        var statement = try cached(
            """
            SELECT head FROM change
            WHERE scope = (SELECT id FROM scope WHERE scope = ?1)
                AND replica = (SELECT id FROM replica WHERE replica = ?2) AND sequence = ?3 AND "check" = ?4
            """)
        try statement.bind(scope.bytes, at: 1)
        try statement.bind(version.dot.replica.bytes, at: 2)
        try statement.bind(Int64(bitPattern: version.dot.sequence), at: 3)
        try statement.bind(Int64(bitPattern: version.dot.check), at: 4)
        guard try statement.step() else { throw StoreError.damaged("change \(version.dot)") }
        let head = try ChangeHead(decoding: statement.bytes(at: 0))
        return AttributedVersion(version: version, author: head.author, authorStamp: head.stamp)
    }
}
