package import CanvassCRDT
package import CanvassCoding
package import CanvassSQLite

/// A living entity as it is shown: the winner of each plain field.
package struct Entity: Sendable, Hashable {
    package let scope: ScopeID
    package let id: EntityID
    package let kind: String
    /// In the order in which the fields were first written.
    package let fields: [Value.Member]

    package subscript(_ field: String) -> Value? {
        Value.map(fields)[field]
    }
}

extension Connection {
    /// Every living entity of a kind, in the order of their ids; of one scope or of all.
    package mutating func entities(ofKind kind: EntityKind, in scope: ScopeID? = nil) throws -> [Entity] {
        var statement = try cached(
            """
            SELECT scope.scope, entity.entity, fields FROM entity JOIN scope ON scope.id = entity.scope
            WHERE entity.kind = (SELECT id FROM term WHERE text = ?1) AND is_alive AND (?2 IS NULL OR scope.scope = ?2)
            ORDER BY entity.entity
            """)
        try statement.bind(kind.rawValue, at: 1)
        try statement.bind(scope?.bytes, at: 2)
        var entities: [Entity] = []
        while try statement.step() { entities.append(try Entity(row: statement, kind: kind)) }
        return entities
    }

    /// One living entity, wherever it lives; nil where there is none.
    package mutating func entity(_ id: EntityID, kind: EntityKind) throws -> Entity? {
        var statement = try cached(
            """
            SELECT scope.scope, entity.entity, fields FROM entity JOIN scope ON scope.id = entity.scope
            WHERE entity.entity = ?2 AND entity.kind = (SELECT id FROM term WHERE text = ?1) AND is_alive
            """)
        try statement.bind(kind.rawValue, at: 1)
        try statement.bind(id.bytes, at: 2)
        return try statement.step() ? Entity(row: statement, kind: kind) : nil
    }

    /// The whole merged state of one entity, with every version; also of one that was deleted. Nil where there never was one.
    package mutating func state(of id: EntityID, kind: EntityKind, in scope: ScopeID) throws -> EntityState? {
        var rows = try cached(
            "SELECT scope.id, term.id FROM scope, term WHERE scope.scope = ?1 AND term.text = ?2")
        try rows.bind(scope.bytes, at: 1)
        try rows.bind(kind.rawValue, at: 2)
        guard try rows.step() else { return nil }
        return try storedEntity(
            id, kind: rows.int64(at: 1), kindName: kind.rawValue, scope: rows.int64(at: 0))?.state
    }
}

extension Entity {
    fileprivate init(row: borrowing Statement, kind: EntityKind) throws {
        scope = try ScopeID(bytes: row.bytes(at: 0))
        id = try EntityID(bytes: row.bytes(at: 1))
        self.kind = kind.rawValue
        fields = try JSON.decode(row.bytes(at: 2)).mapValue ?? []
    }
}
