import CanvassCRDT
import CanvassCoding
import CanvassWire

/// A segment on its way into the log, with what becomes of each of its changes.
struct LogEntry {
    let placed: SegmentPlacement.Placed
    let verdicts: [Verdict]
    let isRelay: Bool
    let receivedMilliseconds: Int64
    /// Relay time minus device time at the push.
    let clockOffsetMilliseconds: Int64

    /// As it is kept: without the bodies of what is void, and with the relay's seal on its end.
    fileprivate func kept(_ void: [VersionVector.Tip], key: [UInt8]) throws -> Segment {
        var segment = placed.segment
        if verdicts.contains(where: { $0.reason != nil && $0.judged.change.body != nil }) {
            let changes = verdicts.map { $0.reason == nil ? $0.judged.change : $0.judged.change.withoutBody }
            segment = try Segment(changes, startingContext: segment.startingContext, seals: segment.seals)
        }
        segment.seal(void: void, key: key)
        return segment
    }
}

extension Segment {
    /// Puts the relay's seal on the end.
    ///
    /// - Parameter void: of the chain up to there.
    mutating func seal(void: [VersionVector.Tip], key: [UInt8]) {
        let list = VoidList.hash(void)
        seals.voidListHash = list
        seals.relay = Seal.relay(scope, after, voidListHash: list, key: key)
    }
}

extension LogConnection {
    /// Puts a segment into the log: first the marks on what is void in it, then the segment without those bodies, which go to
    /// quarantine.
    ///
    /// - Returns: the position of the segment.
    mutating func store(_ entry: LogEntry, in scope: HeldScope, as identity: RelayIdentity) throws -> Int64 {
        let void = entry.verdicts.filter { $0.reason != nil }
        var new: [(dot: Dot, reason: MarkReason)] = []
        for verdict in void where verdict.isNew {
            guard let reason = verdict.reason.flatMap({ MarkReason(rawValue: $0) }) else { continue }
            new.append((dot: verdict.judged.change.dot, reason: reason))
        }
        let orders = entry.verdicts.flatMap(\.orders)
        if !orders.isEmpty {
            try makeKnown(orders, in: scope, as: identity, at: entry.receivedMilliseconds)
        }
        let marksAt = try commitMarks(on: new, in: scope, as: identity, at: entry.receivedMilliseconds)
        let before = try marks(upTo: entry.placed.anchor, in: scope).map(\.tip)
        let kept = try entry.kept(before + void.map(\.judged.change.dot.tip), key: identity.key.sealKey)
        guard let last = entry.verdicts.last else { preconditionFailure("a segment holds at least one change") }
        let entered = try append(
            AcceptedSegment(
                segment: kept, bytes: kept.encoded, checks: entry.placed.checks, anchor: entry.placed.anchor,
                context: entry.placed.context, author: last.judged.head.author, isRelay: entry.isRelay,
                droppedCount: void.count, receivedMilliseconds: entry.receivedMilliseconds,
                clockOffsetMilliseconds: entry.clockOffsetMilliseconds),
            to: scope)
        for verdict in void {
            let (dot, reason) = (verdict.judged.change.dot, verdict.reason ?? "")
            if verdict.isNew {
                try saveMark(on: dot, reason: reason, at: marksAt, branch: entered.branch, in: scope)
            } else {
                try placeMark(on: dot, branch: entered.branch, in: scope)
            }
            guard let body = verdict.quarantinedBody else { continue }
            try quarantine(
                body, of: dot, by: verdict.judged.head.author, received: entry.receivedMilliseconds, in: scope)
        }
        if scope.id.kind == .roster { try sealRoster(as: identity) }
        return entered.position
    }
}
