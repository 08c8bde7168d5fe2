import CanvassCRDT
import CanvassWire

/// Finds where a segment continues what the relay holds.
///
/// A change that is held implies that all before it on its chain are, because the hash of each covers them: so the held
/// changes of a segment are a prefix of it, found by halving.
struct SegmentPlacement {
    let segment: Segment
    let judged: JudgedChanges
    let scope: HeldScope

    struct Placed {
        /// What is new: the segment itself, or its tail in a frame of its own.
        let segment: Segment
        let new: ArraySlice<JudgedChanges.Judged>
        let checks: [UInt8]
        let anchor: Anchor
        /// The whole context of the last change.
        let context: VersionVector
    }

    /// - Returns: nil when every change is held already.
    /// - Throws: `Refused` with `gap` or `invalid`.
    func place(in connection: inout LogConnection) throws -> Placed? {
        let branches = try connection.branches(of: segment.replica, in: scope)
        let heldCount = try countHeld(among: branches, in: &connection)
        guard heldCount < judged.changes.count else { return nil }
        let first = judged.changes[heldCount].change
        let anchor = try connection.anchor(
            scope: scope, replica: segment.replica, sequence: first.sequence - 1, hash: first.previous, among: branches)
        guard let anchor else {
            throw Refused(
                .gap, "change \(first.sequence - 1) of replica \(segment.replica) is not held, push from there")
        }
        #if PLANTED_BUGS
            if planted(.forkRefused), anchor.branch != nil, !anchor.isTip { throw Refused(.invalid, "a second branch") }
        #endif
        var context = segment.startingContext
        for held in judged.changes[..<heldCount] { context.apply(held.head.contextDifference) }
        guard context == anchor.context else {
            throw Refused(.invalid, "the starting context is not that of change \(anchor.sequence)")
        }
        let new = judged.changes[heldCount...]
        for change in new {
            try checkContext(of: change, in: &connection)
            context.apply(change.head.contextDifference)
        }
        return Placed(
            segment: heldCount == 0
                ? segment
                : try Segment(new.map(\.change), startingContext: anchor.context, seals: segment.seals),
            new: new, checks: new.dropLast().flatMap { bigEndianBytes($0.change.hash.check) },
            anchor: anchor, context: context)
    }

    private func countHeld(among branches: [Branch], in connection: inout LogConnection) throws -> Int {
        if branches.isEmpty { return 0 }
        var (low, high) = (0, judged.changes.count)
        if try connection.branch(holding: judged.changes[high - 1].change.dot, among: branches) != nil { return high }
        if try connection.branch(holding: judged.changes[0].change.dot, among: branches) == nil { return 0 }
        while low + 1 < high {
            let middle = (low + high) / 2
            let dot = judged.changes[middle - 1].change.dot
            if try connection.branch(holding: dot, among: branches) != nil { low = middle } else { high = middle }
        }
        return low
    }

    private func checkContext(of change: JudgedChanges.Judged, in connection: inout LogConnection) throws {
        #if PLANTED_BUGS
            if planted(.contextNotChecked) { return }
        #endif
        for replica in change.head.contextDifference.replicas {
            let branches = try connection.branches(of: replica, in: scope)
            for tip in change.head.contextDifference[replica] {
                let dot = Dot(replica: replica, sequence: tip.sequence, check: tip.check)
                guard try connection.branch(holding: dot, among: branches) != nil else {
                    throw Refused(.gap, "change \(change.change.dot) was made on \(dot), which is not held")
                }
            }
        }
    }
}

extension LogConnection {
    /// Whether the last change of a segment is held, and with it all before it.
    mutating func holds(_ segment: Segment, in scope: HeldScope) throws -> Bool {
        let branches = try branches(of: segment.replica, in: scope)
        let dot = Dot(replica: segment.replica, sequence: segment.lastSequence, check: segment.after.check)
        return try branch(holding: dot, among: branches) != nil
    }
}
