import CanvassCRDT
import CanvassCoding
import CanvassSimulator

/// A replica of another implementation: it keeps the rules of the protocol and few habits of this engine. It goes on
/// from any of its changes, and its contexts name any changes that were at hand.
struct ForeignWriter {
    private struct Link {
        let change: Change
        /// The whole context of the change.
        let context: VersionVector
    }

    private static let replica = ReplicaID(rawValue: 0x8000_0000_0000_0001)

    private let scope: ScopeID
    private let author: EntityID
    private var links: [Dot: Link] = [:]

    init(scope: ScopeID, author: EntityID) {
        self.scope = scope
        self.author = author
    }

    /// Makes a change on what a replica holds.
    mutating func write(
        _ edits: [EntityEdit], on log: [Change], clockMilliseconds: Int64, using random: inout SplitMix64
    ) -> Change {
        let own = log.compactMap { links[$0.dot] }
        let start = random.once(in: 20) || own.isEmpty
        let previous = start ? nil : random.once(in: 8) ? random.choice(own) : own.last
        let difference = difference(after: previous, on: log, using: &random)
        let head = ChangeHead(
            contextDifference: difference, stamp: Stamp(milliseconds: clockMilliseconds), author: author)
        let body = ChangeBody(edits: edits).encoded
        let sequence = (previous?.change.sequence ?? 0) + 1
        let before = previous?.change.hash ?? ChainHash.start(scope: scope, replica: ForeignWriter.replica)
        let change = Change(
            scope: scope, replica: ForeignWriter.replica, sequence: sequence, previous: before, head: head.encoded,
            body: body)
        var context = previous?.context ?? VersionVector()
        context.apply(difference)
        links[change.dot] = Link(change: change, context: context)
        return change
    }

    /// The context before a change of this writer: what its segment starts with.
    func startingContext(of change: Change) -> VersionVector {
        let previous = Dot(replica: change.replica, sequence: change.sequence - 1, check: change.previous.check)
        return links[previous]?.context ?? VersionVector()
    }

    /// For some replicas one or two of their changes that are held; of its own only such as lie on another branch.
    private func difference(
        after previous: Link?, on log: [Change], using random: inout SplitMix64
    ) -> VersionVector {
        let branch = dots(endingAt: previous)
        var difference = VersionVector()
        for replica in Set(log.map(\.replica)).sorted() where !random.once(in: 3) {
            let known = log.filter { $0.replica == replica && !branch.contains($0.dot) }
            guard !known.isEmpty else { continue }
            var tips: Set<VersionVector.Tip> = []
            for _ in 0..<(1 + random.below(2)) {
                let dot = (random.once(in: 3) ? random.choice(known) : known[known.count - 1]).dot
                tips.insert(.init(sequence: dot.sequence, check: dot.check))
            }
            difference[replica] = Array(tips)
        }
        return difference
    }

    private func dots(endingAt last: Link?) -> Set<Dot> {
        var dots: Set<Dot> = []
        var next = last?.change
        while let change = next {
            dots.insert(change.dot)
            next =
                links[
                    Dot(replica: change.replica, sequence: change.sequence - 1, check: change.previous.check)
                ]?.change
        }
        return dots
    }
}
