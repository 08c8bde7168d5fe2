import CanvassCRDT
import CanvassCoding
import CanvassWire

/// A change as it stands in the log.
struct PlacedChange {
    let change: Change
    let position: Int64
    /// Whether its author had seen something since the change before it.
    let hasOwnContext: Bool

    var byteCount: Int { change.head.count + (change.body?.count ?? 0) }
    var tip: VersionVector.Tip { .init(sequence: change.sequence, check: change.hash.check) }
}

/// One segment to be: consecutive changes of one branch, the context before them, and who vouches for their end.
struct SegmentRun {
    let branch: HeldBranch
    var changes: [PlacedChange]
    let startingContext: VersionVector
    var seals: Segment.Seals?
    var byteCount: Int

    /// Where in the order of application the run belongs: everything that it depends on lies before.
    var position: Int64 {
        changes.last { $0.hasOwnContext }?.position ?? changes[0].position
    }

    var hasContexts: Bool { changes.contains { $0.hasOwnContext } }

    var end: VersionVector.Tip { changes[changes.count - 1].tip }

    /// The last 16 bytes of a head are its author.
    var authorBytes: [UInt8] { Array(changes[changes.count - 1].change.head.suffix(16)) }

    /// - Parameter deviceKey: that of this device, which seals its own branch.
    func segment(deviceKey: [UInt8]?) throws(SegmentError) -> Segment {
        var seals = seals ?? Segment.Seals()
        if branch.isOwn, let deviceKey {
            seals.device = Seal.device(branch.scope, changes[changes.count - 1].change.hash, key: deviceKey)
        }
        return try Segment(changes.map(\.change), startingContext: startingContext, seals: seals)
    }
}
