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
    /// Every open conflict, by the entity's id; with the number of the row so that listings are stable.
    package mutating func conflicts() throws -> [Conflict] {
        var statement = try cached(
            """
            SELECT DISTINCT scope.scope, entity.entity, term.text, version.field
            FROM version JOIN entity ON entity.id = version.entity JOIN scope ON scope.id = entity.scope
                JOIN term ON term.id = entity.kind
            WHERE version.is_conflict AND entity.is_alive ORDER BY entity.entity, version.field
            """)
        defer { statement.reset() }
        var conflicts: [Conflict] = []
        while try statement.step() {
            let scope = try ScopeID(bytes: statement.bytes(at: 0))
            let entity = try EntityID(bytes: statement.bytes(at: 1))
            let field = statement.text(at: 3)
            guard let kind = EntityKind(rawValue: statement.text(at: 2)),
                let cell = try state(of: entity, kind: kind, in: scope)?.cell(field)
            else { continue }
            let versions = try cell.versions.map { try attributed($0, in: scope) }
            conflicts.append(
                Conflict(scope: scope, entity: entity, kind: kind.rawValue, field: field, versions: versions))
        }
        return conflicts
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
        defer { statement.reset() }
        guard try statement.step() else { throw StoreError.damaged("change \(version.dot)") }
        let head = try ChangeHead(decoding: statement.bytes(at: 0))
        return AttributedVersion(version: version, author: head.author, authorStamp: head.stamp)
    }
}
