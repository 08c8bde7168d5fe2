package import CanvassCRDT
import CanvassCoding
package import CanvassSQLite
import CanvassWire

/// What came by bundles and is not settled yet: segments that wait, and changes that the relay has not confirmed.
extension Connection {
    // MARK: Pending

    /// Keeps a segment until it can be applied.
    mutating func keepPending(_ segment: BundleSegment, waiting: Int) throws {
        try run(
            """
            INSERT OR IGNORE INTO pending (scope, replica, sequence, "check", changes, segment)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """,
            .blob(segment.segment.scope.bytes), .blob(segment.segment.replica.bytes),
            .integer(Int64(bitPattern: segment.segment.lastSequence)),
            .integer(Int64(bitPattern: segment.segment.after.check)), .integer(Int64(waiting)), .blob(segment.bytes))
    }

    mutating func nextPending(after id: Int64) throws -> (id: Int64, bytes: [UInt8])? {
        var statement = try cached("SELECT id, segment FROM pending WHERE id > ?1 ORDER BY id LIMIT 1")
        try statement.bind(id, at: 1)
        defer { statement.reset() }
        return try statement.step() ? (statement.int64(at: 0), statement.bytes(at: 1)) : nil
    }

    /// Notes how many changes of a segment still wait; one of which none does is done with.
    mutating func setPending(_ id: Int64, waiting: Int) throws {
        if waiting == 0 {
            try run("DELETE FROM pending WHERE id = ?1", .integer(id))
        } else {
            try run(
                "UPDATE pending SET changes = ?2 WHERE id = ?1 AND changes <> ?2", .integer(id),
                .integer(Int64(waiting)))
        }
    }

    /// Removes what waiting segments hold of a change that is about what was erased.
    mutating func dropPending(_ dot: Dot, in scope: ScopeID) throws {
        var statement = try cached(
            "SELECT id, segment FROM pending WHERE scope = ?1 AND replica = ?2 AND sequence >= ?3")
        try statement.bind(scope.bytes, at: 1)
        try statement.bind(dot.replica.bytes, at: 2)
        try statement.bind(Int64(bitPattern: dot.sequence), at: 3)
        var rewritten: [(id: Int64, bytes: [UInt8])] = []
        while try statement.step() {
            let segment = try Segment(decoding: statement.bytes(at: 1))
            guard segment.firstSequence <= dot.sequence else { continue }
            let changes = try segment.changes()
            guard changes.contains(where: { $0.dot == dot && $0.body != nil }) else { continue }
            let rest = changes.map { $0.dot == dot ? $0.withoutBody : $0 }
            let bytes = try Segment(rest, startingContext: segment.startingContext, seals: segment.seals).encoded
            rewritten.append((statement.int64(at: 0), bytes))
        }
        statement.reset()
        for (id, bytes) in rewritten {
            try run("UPDATE pending SET segment = ?2 WHERE id = ?1", .integer(id), .blob(bytes))
        }
        if !rewritten.isEmpty { try noteRemains() }
    }

    /// Changes that wait for what they depend on.
    package mutating func pendingCount() throws -> Int {
        var statement = try cached("SELECT total(changes) FROM pending")
        defer { statement.reset() }
        return try statement.step() ? Int(statement.int64(at: 0)) : 0
    }

    // MARK: Provisional

    /// Notes that a run of changes came from another device, and makes sure that the relay tells what it has of the scope.
    mutating func noteProvisional(from first: Change, to last: Change) throws {
        guard try metaBytes(.replica) != last.replica.bytes else { return }
        try run(
            """
            INSERT OR IGNORE INTO provisional (scope, replica, first, sequence, "check") VALUES (?1, ?2, ?3, ?4, ?5)
            """,
            .blob(last.scope.bytes), .blob(last.replica.bytes), .integer(Int64(bitPattern: first.sequence)),
            .integer(Int64(bitPattern: last.sequence)), .integer(Int64(bitPattern: last.hash.check)))
        try run(
            """
            UPDATE scope SET is_covered = 0
            WHERE scope = ?1 AND NOT EXISTS (SELECT 1 FROM told WHERE told.scope = ?1)
            """, .blob(last.scope.bytes))
    }

    /// Drops from the list what lies at or before a tip of the relay.
    mutating func confirmProvisional() throws {
        var statement = try cached(
            """
            SELECT scope.id, replica.id, replica.replica, provisional.sequence, provisional."check", relay.sequence,
                relay."check", provisional.scope
            FROM provisional JOIN scope ON scope.scope = provisional.scope
                JOIN replica ON replica.replica = provisional.replica
                JOIN relay_tip AS relay ON relay.scope = scope.id AND relay.replica = replica.id
            WHERE relay.sequence >= provisional.first
            """)
        struct Confirmed {
            let scope: [UInt8]
            let dot: Dot
            /// Where what is not confirmed begins; nil where all is.
            let rest: UInt64?
        }
        var confirmed: [Confirmed] = []
        while try statement.step() {
            let (scope, replica) = (statement.int64(at: 0), statement.int64(at: 1))
            let id = try ReplicaID(bytes: statement.bytes(at: 2))
            let (end, relay) = (try statement.tip(at: 3), try statement.tip(at: 5))
            let dot = Dot(replica: id, sequence: end.sequence, check: end.check)
            if try lies(dot, atOrBefore: [relay], scope: scope, replica: replica) {
                confirmed.append(Confirmed(scope: statement.bytes(at: 7), dot: dot, rest: nil))
            } else if try lies(
                Dot(replica: id, sequence: relay.sequence, check: relay.check), atOrBefore: [end], scope: scope,
                replica: replica)
            {
                confirmed.append(Confirmed(scope: statement.bytes(at: 7), dot: dot, rest: relay.sequence + 1))
            }
        }
        statement.reset()
        for part in confirmed {
            try settle(part.dot, in: part.scope, from: part.rest)
        }
    }

    private mutating func settle(_ dot: Dot, in scope: [UInt8], from rest: UInt64?) throws {
        let values: [SQLiteValue] = [
            .blob(scope), .blob(dot.replica.bytes), .integer(Int64(bitPattern: dot.sequence)),
            .integer(Int64(bitPattern: dot.check)),
        ]
        if let rest {
            try run(
                """
                UPDATE provisional SET first = ?5
                WHERE scope = ?1 AND replica = ?2 AND sequence = ?3 AND "check" = ?4
                """, values[0], values[1], values[2], values[3], .integer(Int64(bitPattern: rest)))
        } else {
            try run(
                "DELETE FROM provisional WHERE scope = ?1 AND replica = ?2 AND sequence = ?3 AND \"check\" = ?4",
                values[0], values[1], values[2], values[3])
        }
    }
}

extension Connection {
    /// Changes of other devices that the relay has not confirmed.
    package mutating func provisionalCount() throws -> Int {
        var statement = try cached("SELECT total(sequence - first + 1) FROM provisional")
        defer { statement.reset() }
        return try statement.step() ? Int(statement.int64(at: 0)) : 0
    }

    /// The entities that such changes made or changed.
    package mutating func provisionalEntities() throws -> Set<EntityID> {
        var statement = try cached(
            """
            SELECT entity.entity FROM provisional JOIN scope ON scope.scope = provisional.scope
                JOIN replica ON replica.replica = provisional.replica
                JOIN entity ON entity.scope = scope.id AND entity.replica = replica.id
                    AND entity.sequence BETWEEN provisional.first AND provisional.sequence
            UNION
            SELECT entity.entity FROM provisional JOIN scope ON scope.scope = provisional.scope
                JOIN replica ON replica.replica = provisional.replica
                JOIN change ON change.scope = scope.id AND change.replica = replica.id
                    AND change.sequence BETWEEN provisional.first AND provisional.sequence
                JOIN edit ON edit.position = change.position JOIN entity ON entity.id = edit.entity
            """)
        defer { statement.reset() }
        var entities: Set<EntityID> = []
        while try statement.step() { entities.insert(try EntityID(bytes: statement.bytes(at: 0))) }
        return entities
    }
}
