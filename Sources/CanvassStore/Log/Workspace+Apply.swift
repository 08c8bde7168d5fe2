import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// Applying changes, own and others' alike, in causal order (rules 1 to 3).
///
/// Invariants:
/// 1. A change enters the log only after the change before it on its chain and everything in its context.
/// 2. Log, merged state, tips and digest move in the same transaction.
/// 3. A change that is held already changes nothing.
/// 4. The changes of an entity are the one that its row names, and those that `edit` lists; void ones may be among them.
/// 5. The state is what the changes that are not void make, without their edits of what was erased, whatever the order in
///    which marks and erasures came (`Workspace+Void`).
/// 6. `newer` lists exactly the changes with a body that hold what only a later version understands.
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
            let head = try Workspace.head(of: change, isOwn: isOwn)
            let marks = try workspace.marks(on: change, in: scope, replica: replica, &connection)
            let body = try Workspace.body(of: change, head, marks, isOwn: isOwn)
            var link = try Workspace.predecessor(of: change, in: scope, replica: replica, &connection)
            try workspace.checkContext(head.contextDifference, of: change, in: scope, &connection)
            if !head.contextDifference.isEmpty { link.context.apply(head.contextDifference) }
            let position = try workspace.append(
                body == nil ? change.withoutBody : change, head, after: link, isOwn: isOwn, to: &scope,
                replica: replica, &connection)
            guard let body else {
                try connection.quarantine(change, marks)
                return true
            }
            try connection.noteNewerParts(body.newerParts, at: position)
            let context = ChangeContext(
                of: change.dot, after: change.previous.check, context: link.context, scope: scope, replica: replica)
            try workspace.take(body, of: change.dot, head, at: position, context, into: &scope, &connection)
            return true
        }
    }

    private static func head(of change: Change, isOwn: Bool) throws(StoreError) -> ChangeHead {
        do {
            return try ChangeHead(decoding: change.head)
        } catch {
            throw unreadable(change, error, isOwn: isOwn)
        }
    }

    /// The reasons of the marks on a change.
    ///
    /// - Throws: `StoreError.gap` for a change without a body that has none.
    private func marks(
        on change: Change, in scope: ScopeState, replica: Int64, _ connection: inout Connection
    ) throws -> [String] {
        let marks = scope.hasMarks ? try connection.marks(on: change.dot, scope: scope.row, replica: replica) : []
        guard change.body != nil || !marks.isEmpty || trustsDroppedBodies else {
            throw StoreError.gap(change.dot, "the mark that lets it come without its body")
        }
        return marks
    }

    /// What a change does; nil where it is void.
    private static func body(
        of change: Change, _ head: ChangeHead, _ marks: [String], isOwn: Bool
    ) throws(StoreError) -> ChangeBody? {
        guard let bytes = change.body else { return nil }
        do {
            let body = try ChangeBody(decoding: bytes)
            return marks.isEmpty || !body.marks(by: head.author).isEmpty ? body : nil
        } catch {
            guard marks.isEmpty else { return nil }
            throw unreadable(change, error, isOwn: isOwn)
        }
    }

    /// What a relay sends and nobody can read must not look like a damaged file.
    private static func unreadable(_ change: Change, _ error: CodingError, isOwn: Bool) -> StoreError {
        let reason = "change \(change.dot) of \(change.scope) cannot be read: \(error)"
        return isOwn ? .invalidEdit(reason) : .invalidChange(reason)
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

    /// Takes what a change does: first what it erases, which hides edits of its own too, last what it voids.
    private mutating func take(
        _ body: ChangeBody, of dot: Dot, _ head: ChangeHead, at position: Int64, _ context: ChangeContext,
        into scope: inout ScopeState, _ connection: inout Connection
    ) throws {
        for edit in body.edits {
            for hash in edit.erasedHashes { try erase(hash, at: position, in: &scope, &connection) }
        }
        for edit in body.edits where !edit.isHidden(by: scope.erased) {
            try merge(edit, of: dot, head, at: position, context, into: &scope, &connection)
        }
        let marks = body.marks(by: head.author)
        if !marks.isEmpty { try void(marks, in: &scope, &connection) }
    }

    /// Merges one edit of a change that is not void into its entity, which is not erased.
    mutating func merge(
        _ edit: EntityEdit, of dot: Dot, _ head: ChangeHead, at position: Int64, _ context: ChangeContext,
        into scope: inout ScopeState, _ connection: inout Connection
    ) throws {
        guard !edit.isOfMarksAlone else { return edit.count(in: &scope.digest, of: dot) }
        let kind = try row(ofTerm: edit.kind, in: &connection)
        var stored =
            try connection.storedEntity(edit.entity, kind: kind, kindName: edit.kind, scope: scope.row)
            ?? StoredEntity(state: EntityState(kind: edit.kind, entity: edit.entity), defaultClock: dot)
        try stored.state.apply(edit, dot: dot, stamp: head.stamp, digest: &scope.digest) { dot in
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
