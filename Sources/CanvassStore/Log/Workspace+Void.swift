import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// What marks and erasures do to what was applied before them (rules 9 and 10).
///
/// Invariants:
/// 1. A change in the log is void exactly when it has no body; one that holds marks itself is never void.
/// 2. Whatever is erased has no row in `entity`, `version` and `edit`.
/// 3. Exactly the entities that a void change touched are made anew, from the changes that are left of them, in the order
///    of their application: the rows are those that these changes alone would have made.
/// 4. The digest loses what those entities added to it before, and gains what they add now.
extension Workspace {
    /// Takes marks, and voids those of the changes they name that are held.
    mutating func void(
        _ marks: [(dot: Dot, reason: String)], in scope: inout ScopeState, _ connection: inout Connection
    ) throws {
        scope.hasMarks = true
        scope.isChanged = true
        #if PLANTED_BUGS
            if planted(.markIgnored) { return }
        #endif
        for mark in marks {
            let replica = try row(of: mark.dot.replica, in: &connection)
            try connection.insertMark(on: mark.dot, reason: mark.reason, scope: scope.row, replica: replica)
            guard mark.reason.hasSameBytes(as: MarkReason.erased.rawValue) else { continue }
            try connection.dropQuarantined(mark.dot, in: scope.id)
            try connection.dropPending(mark.dot, in: scope.id)
        }
        var victims: [Victim] = []
        for dot in Set(marks.map(\.dot)).sorted() {
            let replica = try row(of: dot.replica, in: &connection)
            guard let victim = try connection.victim(dot, in: scope, replica: replica) else { continue }
            victims.append(victim)
            // A change has up to 64 KiB, and a mark names one in 50 bytes: not all of them at once.
            if victims.count == 64 {
                try void(victims, in: &scope, &connection)
                victims = []
            }
        }
        try void(victims, in: &scope, &connection)
    }

    private mutating func void(
        _ victims: [Victim], in scope: inout ScopeState, _ connection: inout Connection
    ) throws {
        var touched: Set<EntityRow> = []
        for victim in victims {
            for edit in victim.body.edits where !edit.isHidden(by: scope.erased) {
                if edit.isOfMarksAlone {
                    var digest = StateDigest()
                    edit.count(in: &digest, of: victim.change.dot)
                    scope.digest.subtract(digest)
                } else if let entity = try entityRow(of: edit, in: scope, &connection) {
                    touched.insert(entity)
                }
            }
        }
        for entity in touched { scope.digest.subtract(try replay(entity, in: scope, &connection).digest) }
        #if PLANTED_BUGS
            if planted(.voidInDigest) {
                for entity in touched { scope.digest.add(try replay(entity, in: scope, &connection).digest) }
            }
        #endif
        var revealed: Set<SHA256.Digest> = []
        for victim in victims {
            try connection.dropBody(of: victim)
            try connection.quarantine(victim.change, victim.reasons)
            revealed.formUnion(try connection.withdrawErasures(at: victim.position, scope: scope.row))
        }
        for entity in touched { try rebuild(entity, in: &scope, &connection) }
        if !revealed.isEmpty { try reveal(revealed, in: &scope, &connection) }
    }

    /// Hides what has this hash, from now on.
    ///
    /// - Parameter position: that of the change that erases it.
    mutating func erase(
        _ hash: SHA256.Digest, at position: Int64, in scope: inout ScopeState, _ connection: inout Connection
    ) throws {
        try connection.run(
            "INSERT INTO erasure (scope, hash, position) VALUES (?1, ?2, ?3)", .integer(scope.row),
            .blob(hash.bytes), .integer(position))
        guard scope.erased.insert(hash).inserted else { return }
        #if PLANTED_BUGS
            if planted(.erasureIgnored) { return }
        #endif
        for entity in try connection.entityRows(withHash: hash, inScope: scope.row) {
            scope.digest.subtract(try replay(entity, in: scope, &connection).digest)
            try connection.removeEntity(entity.row)
        }
    }

    /// Shows again what only void changes had erased, from everything in the log that is about it.
    private mutating func reveal(
        _ hashes: Set<SHA256.Digest>, in scope: inout ScopeState, _ connection: inout Connection
    ) throws {
        scope.erased.subtract(hashes)
        var position: Int64 = 0
        while let logged = try connection.loggedChange(after: position, in: scope) {
            position = logged.position
            for edit in logged.body.edits where edit.isHidden(by: hashes) {
                try merge(
                    edit, of: logged.dot, logged.head, at: position, logged.context, into: &scope, &connection)
            }
        }
    }

    private mutating func entityRow(
        of edit: EntityEdit, in scope: ScopeState, _ connection: inout Connection
    ) throws -> EntityRow? {
        let kind = try row(ofTerm: edit.kind, in: &connection)
        var statement = try connection.cached("SELECT id FROM entity WHERE scope = ?1 AND entity = ?2 AND kind = ?3")
        try statement.bind(scope.row, at: 1)
        try statement.bind(edit.entity.bytes, at: 2)
        try statement.bind(kind, at: 3)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        return EntityRow(row: statement.int64(at: 0), kind: kind, kindName: edit.kind, entity: edit.entity)
    }

    /// Merges the changes of an entity that are not void, in the order of their application.
    private mutating func replay(
        _ entity: EntityRow, in scope: ScopeState, _ connection: inout Connection
    ) throws -> (state: EntityState, digest: StateDigest, edits: [LoggedEdit]) {
        let edits = try connection.loggedEdits(ofRow: entity.row, entity.entity, kind: entity.kindName, in: scope)
        var state = EntityState(kind: entity.kindName, entity: entity.entity)
        var digest = StateDigest()
        for logged in edits {
            try state.apply(logged.edit, dot: logged.dot, stamp: logged.head.stamp, digest: &digest) { dot in
                try logged.context.contains(dot, &self, &connection)
            }
        }
        return (state, digest, edits)
    }

    private mutating func rebuild(
        _ entity: EntityRow, in scope: inout ScopeState, _ connection: inout Connection
    ) throws {
        let (state, digest, edits) = try replay(entity, in: scope, &connection)
        guard let first = edits.first else { return try connection.removeEntity(entity.row) }
        scope.digest.add(digest)
        var stored = StoredEntity(state: state, defaultClock: first.dot)
        stored.row = entity.row
        stored.defaultStamp = first.head.stamp
        try connection.run("DELETE FROM version WHERE entity = ?1", .integer(entity.row))
        try connection.run("DELETE FROM edit WHERE entity = ?1", .integer(entity.row))
        try connection.run(
            "UPDATE entity SET stamp = ?2, replica = ?3, sequence = ?4, \"check\" = ?5 WHERE id = ?1",
            .integer(entity.row), .integer(first.head.stamp.milliseconds),
            .integer(try row(of: first.dot.replica, in: &connection)),
            .integer(Int64(bitPattern: first.dot.sequence)), .integer(Int64(bitPattern: first.dot.check)))
        try connection.save(
            &stored, scope: scope.row, kind: entity.kind, workspace: &self, stamp: first.head.stamp)
        for logged in edits.dropFirst() {
            try connection.run(
                "INSERT INTO edit (entity, position) VALUES (?1, ?2)", .integer(entity.row),
                .integer(logged.position))
        }
    }
}

/// A held change that a mark names, with its body.
private struct Victim {
    let change: Change
    let position: Int64
    let body: ChangeBody
    /// Why it is void.
    let reasons: [String]
}

/// An entity by its row; kinds are told apart by theirs.
private struct EntityRow: Hashable {
    let row: Int64
    let kind: Int64
    let kindName: String
    let entity: EntityID

    static func == (left: EntityRow, right: EntityRow) -> Bool { left.row == right.row }

    func hash(into hasher: inout Hasher) { hasher.combine(row) }
}

extension EntityEdit {
    /// Counts marks that make no entity.
    func count(in digest: inout StateDigest, of dot: Dot) {
        for operation in operations { digest.add(operation.encoded, kind: kind, entity: entity, dot: dot) }
    }
}

extension Connection {
    /// The change that a mark voids; nil where it is not held, is void already, or holds marks itself.
    fileprivate mutating func victim(
        _ dot: Dot, in scope: Workspace.ScopeState, replica: Int64
    ) throws -> Victim? {
        var statement = try cached(
            """
            SELECT change.position, change.head, change.body, change.hash, change.previous, before.hash
            FROM change LEFT JOIN change AS before ON before.scope = change.scope AND before.replica = change.replica
                AND before.sequence = change.sequence - 1 AND before."check" = change.previous
            WHERE change.scope = ?1 AND change.replica = ?2 AND change.sequence = ?3 AND change."check" = ?4
                AND change.body IS NOT NULL
            """)
        try statement.bind(scope: scope.row, replica: replica, dot)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        let head = try ChangeHead(decoding: statement.bytes(at: 1))
        let bytes = statement.bytes(at: 2)
        let body = try ChangeBody(decoding: bytes)
        guard body.marks(by: head.author).isEmpty else { return nil }
        let previous =
            statement.isNull(at: 5)
            ? ChainHash.start(scope: scope.id, replica: dot.replica) : try ChainHash(bytes: statement.bytes(at: 5))
        let change = Change(
            scope: scope.id, replica: dot.replica, sequence: dot.sequence, previous: previous,
            head: statement.bytes(at: 1), body: bytes)
        guard change.dot == dot else {
            throw StoreError.damaged("change \(dot) of \(scope.id): its hash does not match")
        }
        return Victim(
            change: change, position: statement.int64(at: 0), body: body,
            reasons: try marks(on: dot, scope: scope.row, replica: replica))
    }

    fileprivate mutating func dropBody(of victim: Victim) throws {
        #if PLANTED_BUGS
            if planted(.erasedBodyKept), victim.reasons.contains(MarkReason.erased.rawValue) { return }
        #endif
        try run(
            "UPDATE change SET body = NULL, body_hash = ?2 WHERE position = ?1", .integer(victim.position),
            .blob(victim.change.bodyHash.bytes))
        try run("DELETE FROM newer WHERE position = ?1", .integer(victim.position))
        if victim.reasons.contains(MarkReason.erased.rawValue) { try noteRemains() }
    }

    /// Forgets what a change erased, since it is void.
    ///
    /// - Returns: the hashes that no other change erases.
    fileprivate mutating func withdrawErasures(at position: Int64, scope: Int64) throws -> [SHA256.Digest] {
        var statement = try cached(
            """
            SELECT hash FROM erasure WHERE position = ?1
                AND NOT EXISTS (SELECT 1 FROM erasure AS other
                    WHERE other.scope = ?2 AND other.hash = erasure.hash AND other.position <> ?1)
            """)
        try statement.bind(position, at: 1)
        try statement.bind(scope, at: 2)
        var hashes: [SHA256.Digest] = []
        while try statement.step() {
            if let hash = SHA256.Digest(bytes: statement.bytes(at: 0)) { hashes.append(hash) }
        }
        statement.reset()
        try run("DELETE FROM erasure WHERE position = ?1", .integer(position))
        return hashes
    }

    fileprivate mutating func entityRows(
        withHash hash: SHA256.Digest, inScope scope: Int64
    ) throws -> [EntityRow] {
        var statement = try cached(
            """
            SELECT entity.id, entity.entity, entity.kind, term.text FROM entity JOIN term ON term.id = entity.kind
            WHERE scope = ?1 AND term.text NOT IN ('erasure', 'mark')
            """)
        try statement.bind(scope, at: 1)
        defer { statement.reset() }
        var rows: [EntityRow] = []
        while try statement.step() {
            let id = try EntityID(bytes: statement.bytes(at: 1))
            guard Erasure.hash(of: id) == hash else { continue }
            rows.append(
                EntityRow(
                    row: statement.int64(at: 0), kind: statement.int64(at: 2), kindName: statement.text(at: 3),
                    entity: id))
        }
        return rows
    }

    fileprivate mutating func removeEntity(_ row: Int64) throws {
        try run("DELETE FROM version WHERE entity = ?1", .integer(row))
        try run("DELETE FROM edit WHERE entity = ?1", .integer(row))
        try run("DELETE FROM entity WHERE id = ?1", .integer(row))
    }
}
