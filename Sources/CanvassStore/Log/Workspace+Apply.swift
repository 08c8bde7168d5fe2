import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// Applying changes, own and others' alike, in causal order (rules 1 to 3).
///
/// Invariants:
/// 1. A change enters the log only after the change before it on its chain and everything in its context.
/// 2. Log, merged state, tips and digest move in the same transaction.
/// 3. A change that is held already changes nothing.
/// 4. The changes of an entity are the one that its row names, and those that `edit` lists.
extension Workspace {
    /// Applies one change.
    ///
    /// - Returns: false when it was held already.
    /// - Throws: `StoreError.gap` when it came too early, `StoreError.invalidChange`, for an own one
    ///   `StoreError.invalidEdit`; the caller rolls back.
    mutating func apply(_ change: Change, isOwn: Bool = false, in connection: inout Connection) throws -> Bool {
        try withScope(change.scope, in: &connection) { scope, workspace, connection in
            let replica = try workspace.row(of: change.replica, in: &connection)
            if try connection.holds(change.dot, scope: scope.row, replica: replica) { return false }
            let (head, body) = try Workspace.decode(change, isOwn: isOwn)
            var link = try Workspace.predecessor(of: change, in: scope, replica: replica, &connection)
            try workspace.checkContext(head.contextDifference, of: change, in: scope, &connection)
            if !head.contextDifference.isEmpty { link.context.apply(head.contextDifference) }
            let position = try workspace.append(
                change, head, after: link, isOwn: isOwn, to: &scope, replica: replica, &connection)
            guard let body else { return true }
            let context = ChangeContext(
                of: change.dot, after: change.previous.check, context: link.context, scope: scope, replica: replica)
            for edit in body.edits {
                try workspace.merge(edit, of: change, head, at: position, context, into: &scope, &connection)
            }
            return true
        }
    }

    private static func decode(_ change: Change, isOwn: Bool) throws(StoreError) -> (ChangeHead, ChangeBody?) {
        do {
            return (try ChangeHead(decoding: change.head), try change.body.map { try ChangeBody(decoding: $0) })
        } catch {
            // What a relay sends and nobody can read must not look like a damaged file.
            let reason = "change \(change.dot) of \(change.scope) cannot be read: \(error)"
            throw isOwn ? .invalidEdit(reason) : .invalidChange(reason)
        }
    }

    private static func predecessor(
        of change: Change, in scope: ScopeState, replica: Int64, _ connection: inout Connection
    ) throws -> ChainLink {
        if change.sequence == 1 {
            let start = ChainHash.start(scope: change.scope, replica: change.replica)
            guard change.previous == start else {
                throw StoreError.invalidChange("the chain of \(change.replica) starts elsewhere")
            }
            return ChainLink(hash: start, context: VersionVector(), contextAt: 0)
        }
        let previous = Dot(replica: change.replica, sequence: change.sequence - 1, check: change.previous.check)
        let link = try scope.links[previous] ?? connection.link(previous, scope: scope.row, replica: replica)
        guard let link else { throw StoreError.gap(change.dot, "\(previous), which it follows") }
        guard link.hash == change.previous else {
            throw StoreError.invalidChange("\(change.dot) does not follow the change that it names")
        }
        return link
    }

    private mutating func checkContext(
        _ difference: VersionVector, of change: Change, in scope: ScopeState, _ connection: inout Connection
    ) throws {
        for dot in difference.dots where scope.links[dot] == nil {
            let replica = try row(of: dot.replica, in: &connection)
            guard try connection.holds(dot, scope: scope.row, replica: replica) else {
                throw StoreError.gap(change.dot, "\(dot), which its author had seen")
            }
        }
    }

    /// Writes the change to the log and moves the tip of its branch.
    ///
    /// - Returns: its position.
    private mutating func append(
        _ change: Change, _ head: ChangeHead, after link: ChainLink, isOwn: Bool, to scope: inout ScopeState,
        replica: Int64, _ connection: inout Connection
    ) throws -> Int64 {
        let writesContext = !head.contextDifference.isEmpty
        // A copied or restored replica may get the beginning of its own chain from elsewhere: it goes on behind that, too.
        let isOwn =
            try isOwn
            || change.sequence == 1 && scope.ownTip == nil
                && connection.metaBytes(.replica) == change.replica.bytes
        var insert = try connection.cached(
            """
            INSERT INTO change (scope, replica, sequence, "check", previous, hash, head, body, body_hash, context,
                context_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """)
        try insert.bind(scope: scope.row, replica: replica, change.dot)
        try insert.bind(Int64(bitPattern: change.previous.check), at: 5)
        try insert.bind(change.hash.bytes, at: 6)
        try insert.bind(change.head, at: 7)
        try insert.bind(change.body, at: 8)
        try insert.bind(change.body == nil ? change.bodyHash.bytes : nil, at: 9)
        try insert.bind(writesContext ? link.context.stored : nil, at: 10)
        try insert.bind(link.contextAt, at: 11)
        try insert.run()
        let position = connection.lastInsertRowID
        if writesContext {
            try connection.run("UPDATE change SET context_at = position WHERE position = ?1", .integer(position))
        }
        let previous = Dot(replica: change.replica, sequence: change.sequence - 1, check: change.previous.check)
        try moveTip(from: previous, to: change.dot, position, isOwn: isOwn, in: scope, replica: replica, &connection)
        scope.links[previous] = nil
        scope.links[change.dot] = ChainLink(
            hash: change.hash, context: link.context, contextAt: writesContext ? position : link.contextAt)
        scope.vector.advance(to: change.dot, after: change.previous.check)
        if isOwn || scope.ownTip == previous { scope.ownTip = change.dot }
        scope.isChanged = true
        return position
    }

    private func moveTip(
        from previous: Dot, to dot: Dot, _ position: Int64, isOwn: Bool, in scope: ScopeState, replica: Int64,
        _ connection: inout Connection
    ) throws {
        var update = try connection.cached(
            """
            UPDATE tip SET sequence = ?5, "check" = ?6, position = ?7, is_own = is_own OR ?8
            WHERE scope = ?1 AND replica = ?2 AND sequence = ?3 AND "check" = ?4
            """)
        try update.bind(scope: scope.row, replica: replica, previous)
        try update.bind(Int64(bitPattern: dot.sequence), at: 5)
        try update.bind(Int64(bitPattern: dot.check), at: 6)
        try update.bind(position, at: 7)
        try update.bind(isOwn ? 1 : 0, at: 8)
        try update.run()
        guard connection.changes == 0 else { return }
        var insert = try connection.cached(
            """
            INSERT INTO tip (scope, replica, sequence, "check", position, is_own) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """)
        try insert.bind(scope: scope.row, replica: replica, dot)
        try insert.bind(position, at: 5)
        try insert.bind(isOwn ? 1 : 0, at: 6)
        try insert.run()
    }

    private mutating func merge(
        _ edit: EntityEdit, of change: Change, _ head: ChangeHead, at position: Int64, _ context: ChangeContext,
        into scope: inout ScopeState, _ connection: inout Connection
    ) throws {
        let kind = try row(ofTerm: edit.kind, in: &connection)
        var stored =
            try connection.storedEntity(edit.entity, kind: kind, kindName: edit.kind, scope: scope.row)
            ?? StoredEntity(state: EntityState(kind: edit.kind, entity: edit.entity), defaultClock: change.dot)
        try stored.state.apply(edit, dot: change.dot, stamp: head.stamp, digest: &scope.digest) { dot in
            try context.contains(dot, &self, &connection)
        }
        let knownRow = stored.row
        try connection.save(&stored, scope: scope.row, kind: kind, workspace: &self, stamp: head.stamp)
        if let knownRow {
            try connection.run(
                "INSERT INTO edit (entity, position) VALUES (?1, ?2)", .integer(knownRow), .integer(position))
        }
    }
}
