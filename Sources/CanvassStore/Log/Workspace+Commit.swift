import CanvassCRDT
import CanvassSQLite

/// Making a change of this replica's own: what a person did becomes operations, a head and a link of the chain, and is
/// applied like anybody else's.
extension Workspace {
    /// - Parameters:
    ///   - edits: what to do; a `put` without listed dots replaces every version held, which is what its author sees.
    ///   - clockMilliseconds: the device's clock, as it is, however wrong.
    /// - Returns: the change, applied and in the log.
    /// - Throws: `StoreError.changeTooLarge`, `StoreError.invalidEdit`.
    mutating func commit(
        _ edits: [EntityEdit], scope: ScopeID, replica: ReplicaID, author: EntityID, clockMilliseconds: Int64,
        in connection: inout Connection
    ) throws -> Change {
        let edits = try edits.map { edit in try stamped(edit, scope, clockMilliseconds, &connection) }
        let change = try withScope(scope, in: &connection) { state, _, _ in
            var context = state.vector
            context[replica].removeAll { tip in
                state.ownTip.map { $0.sequence == tip.sequence && $0.check == tip.check } ?? false
            }
            let link = state.ownTip.flatMap { state.links[$0] }
            let head = ChangeHead(
                contextDifference: context.difference(from: link?.context ?? VersionVector()),
                stamp: Stamp(milliseconds: clockMilliseconds), author: author)
            return Change(
                scope: scope, replica: replica, sequence: (state.ownTip?.sequence ?? 0) + 1,
                previous: link?.hash ?? ChainHash.start(scope: scope, replica: replica), head: head.encoded,
                body: ChangeBody(edits: edits).encoded)
        }
        let bytes = change.head.count + (change.body?.count ?? 0)
        guard bytes <= ChangeLimits.maximumBytes else { throw StoreError.changeTooLarge(bytes: bytes) }
        _ = try apply(change, isOwn: true, in: &connection)
        return change
    }

    /// The edit with the offset that each put needs to rank above what it replaces (rule 5).
    private mutating func stamped(
        _ edit: EntityEdit, _ scope: ScopeID, _ clockMilliseconds: Int64, _ connection: inout Connection
    ) throws -> EntityEdit {
        let kind = try row(ofTerm: edit.kind, in: &connection)
        let stored = try withScope(scope, in: &connection) { state, _, connection in
            try connection.storedEntity(edit.entity, kind: kind, kindName: edit.kind, scope: state.row)
        }
        guard let stored else { return edit }
        var edit = edit
        for index in edit.operations.indices {
            let operation = edit.operations[index]
            guard case .put = operation.action else { continue }
            let versions = stored.state.cell(operation.field, element: operation.element)?.versions ?? []
            let replaced = versions.filter { operation.replaced?.contains($0.dot) ?? true }
            let stamp = Stamp(clockMilliseconds: clockMilliseconds, replacing: replaced.map(\.stamp))
            // The stamp is never earlier than the clock, so the difference fits 64 bits without a sign.
            edit.operations[index].stampOffset = UInt64(bitPattern: stamp.milliseconds &- clockMilliseconds)
            #if PLANTED_BUGS
                if planted(.stampIgnoresReplaced) { edit.operations[index].stampOffset = 0 }
            #endif
        }
        return edit
    }
}
