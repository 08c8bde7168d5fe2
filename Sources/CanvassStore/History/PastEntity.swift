package import CanvassCRDT
import CanvassCoding
package import CanvassSQLite

/// Reading as of a moment: the changes of the cut, applied again in memory by the same merge rules.
extension Connection {
    /// The merged state of an entity as of a cut of its scope; nil where nothing had been written to it.
    package mutating func pastState(
        of id: EntityID, kind: EntityKind, in scope: ScopeID, _ cut: PastCut
    ) throws -> EntityState? {
        guard let row = try entityRow(id, kind: kind, in: scope) else { return nil }
        var workspace = Workspace()
        return try pastState(ofRow: row, id, kind: kind, in: scope, cut, &workspace)
    }

    private mutating func pastState(
        ofRow row: Int64, _ id: EntityID, kind: EntityKind, in scope: ScopeID, _ cut: PastCut,
        _ workspace: inout Workspace
    ) throws -> EntityState? {
        try workspace.withScope(scope, in: &self) { scope, workspace, connection in
            var state = EntityState(kind: kind.rawValue, entity: id)
            var isTouched = false
            // A digest of what is only looked at: nobody asks for it.
            var digest = StateDigest()
            for logged in try connection.loggedEdits(ofRow: row, id, kind: kind.rawValue, in: scope)
            where cut.contains(logged.dot) {
                isTouched = true
                try state.apply(logged.edit, dot: logged.dot, stamp: logged.head.stamp, digest: &digest) { dot in
                    try logged.context.contains(dot, &workspace, &connection)
                }
            }
            return isTouched ? state : nil
        }
    }

    /// One entity as it was shown as of a cut of its scope; nil where it did not live.
    package mutating func pastEntity(
        _ id: EntityID, kind: EntityKind, in scope: ScopeID, _ cut: PastCut
    ) throws -> Entity? {
        guard let state = try pastState(of: id, kind: kind, in: scope, cut), state.isAlive else { return nil }
        return Entity(scope: scope, id: id, kind: kind.rawValue, fields: state.winners)
    }

    /// Hands out the fields, as JSON, of every entity of a kind that lived as of a moment, in the order of their ids.
    ///
    /// Only what was ever edited is replayed; what one change made is there as its row has it. One entity at a time is
    /// in memory, and one cut a scope.
    ///
    /// - Parameter body: also gets the scope, and the connection, to read with.
    /// - Returns: how many changes were displaced (`PastCut.displaced`).
    package mutating func forEachPastEntity(
        ofKind kind: EntityKind, asOf moment: Int64,
        _ body: (ScopeID, _ fields: String, inout Connection) throws -> Void
    ) throws -> Int {
        var statement = try cached(
            """
            SELECT scope.scope, entity.entity, replica.replica, sequence, "check", is_alive, fields, entity.id,
                EXISTS (SELECT 1 FROM edit WHERE edit.entity = entity.id)
            FROM entity JOIN scope ON scope.id = entity.scope JOIN replica ON replica.id = entity.replica
            WHERE entity.kind = (SELECT id FROM term WHERE text = ?1) ORDER BY entity.entity
            """)
        try statement.bind(kind.rawValue, at: 1)
        defer { statement.reset() }
        var workspace = Workspace()
        var cuts: [ScopeID: PastCut] = [:]
        while try statement.step() {
            let scope = try ScopeID(bytes: statement.bytes(at: 0))
            let cut = try cuts[scope] ?? cut(of: scope, asOf: moment)
            cuts[scope] = cut
            if statement.int64(at: 8) != 0 {
                let id = try EntityID(bytes: statement.bytes(at: 1))
                let state = try pastState(ofRow: statement.int64(at: 7), id, kind: kind, in: scope, cut, &workspace)
                guard let state, state.isAlive else { continue }
                try body(scope, JSON.encode(.map(state.winners)), &self)
            } else {
                let creation = Dot(
                    replica: try ReplicaID(bytes: statement.bytes(at: 2)),
                    sequence: UInt64(bitPattern: statement.int64(at: 3)),
                    check: UInt64(bitPattern: statement.int64(at: 4)))
                guard statement.int64(at: 5) != 0, cut.contains(creation) else { continue }
                try body(scope, statement.text(at: 6), &self)
            }
        }
        return cuts.values.reduce(0) { $0 + $1.displaced }
    }
}

extension EntityState {
    /// The shown value of every plain field, as a row holds them.
    fileprivate var winners: [Value.Member] {
        cells.compactMap { named in
            guard named.element == nil, let winner = named.cell.winner else { return nil }
            return Value.Member(named.field, winner.value)
        }
    }
}
