import CanvassCRDT
import CanvassCoding
import CanvassWire

extension LogConnection {
    /// Commits a change of the relay's own replica.
    ///
    /// In the roster it is made on everything that is held there. Elsewhere its context names other replicas of the relay
    /// alone, those whose log was lost: nothing but marks and erasures is written there, and they have to be able to come
    /// before whatever they are about.
    ///
    /// - Parameter stamp: where it is not that of the moment.
    /// - Returns: its position.
    @discardableResult
    mutating func commitOwn(
        _ edits: [EntityEdit], in scope: HeldScope, as identity: RelayIdentity, at milliseconds: Int64,
        stamp: Stamp? = nil
    ) throws -> Int64 {
        let branches = try branches(in: scope)
        let own = branches.last { $0.replica == identity.replica && $0.isRelay }
        let start = ChainHash.start(scope: scope.id, replica: identity.replica)
        let anchor = Anchor(
            branch: own, sequence: own?.sequence ?? 0, hash: own?.hash ?? start,
            context: own?.context ?? VersionVector())
        let seen = branches.filter { $0.number != own?.number && (scope.id.kind == .roster || $0.isRelay) }
        let difference = VersionVector(seen).difference(from: anchor.context)
        let head = ChangeHead(
            contextDifference: difference, stamp: stamp ?? Stamp(milliseconds: milliseconds),
            author: identity.organisation)
        let change = Change(
            scope: scope.id, replica: identity.replica, sequence: anchor.sequence + 1, previous: anchor.hash,
            head: head.encoded, body: ChangeBody(edits: edits).encoded)
        var segment = try Segment([change], startingContext: anchor.context)
        segment.seal(void: [], key: identity.key.sealKey)
        var context = anchor.context
        context.apply(difference)
        let position = try append(
            AcceptedSegment(
                segment: segment, bytes: segment.encoded, checks: [], anchor: anchor, context: context,
                author: identity.organisation, isRelay: true, droppedCount: 0, receivedMilliseconds: milliseconds,
                clockOffsetMilliseconds: 0),
            to: scope
        ).position
        if scope.id.kind == .roster { try sealRoster(as: identity) }
        return position
    }
}
