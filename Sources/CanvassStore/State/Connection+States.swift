package import CanvassCRDT
package import CanvassSQLite

extension Connection {
    /// The whole merged state of a scope: every entity that was ever written there, deleted ones and those of unknown
    /// kinds included, with every version; by kind and id. Loads all of it, so it is for checks, not for showing.
    package mutating func states(in scope: ScopeID) throws -> [EntityState] {
        var statement = try cached(
            """
            SELECT scope.id, entity.entity, term.id, term.text
            FROM entity JOIN scope ON scope.id = entity.scope JOIN term ON term.id = entity.kind
            WHERE scope.scope = ?1 ORDER BY CAST(term.text AS BLOB), entity.entity
            """)
        try statement.bind(scope.bytes, at: 1)
        defer { statement.reset() }
        var states: [EntityState] = []
        while try statement.step() {
            let stored = try storedEntity(
                EntityID(bytes: statement.bytes(at: 1)), kind: statement.int64(at: 2),
                kindName: statement.text(at: 3), scope: statement.int64(at: 0))
            guard let stored else { throw StoreError.damaged("an entity of \(scope): its replica is missing") }
            states.append(stored.state)
        }
        return states
    }
}
