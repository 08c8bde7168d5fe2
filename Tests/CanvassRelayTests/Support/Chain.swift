import CanvassCRDT
import CanvassCoding
import CanvassWire

/// What one replica writes in one scope.
struct Chain {
    let scope: ScopeID
    let replica: ReplicaID
    var author: EntityID
    private(set) var sequence: UInt64 = 0
    private(set) var hash: ChainHash
    private(set) var context = VersionVector()

    init(scope: ScopeID, replica: ReplicaID, author: EntityID) {
        self.scope = scope
        self.replica = replica
        self.author = author
        hash = .start(scope: scope, replica: replica)
    }

    var dot: Dot { Dot(replica: replica, sequence: sequence, check: hash.check) }
    var tip: VersionVector.Tip { VersionVector.Tip(sequence: sequence, check: hash.check) }

    var vector: VersionVector {
        var vector = VersionVector()
        vector[replica] = [tip]
        return vector
    }

    /// The next change.
    ///
    /// - Parameter seen: the tips of other replicas that it was made on, as far as they are new.
    mutating func change(_ edits: [EntityEdit], seeing seen: VersionVector = VersionVector()) -> Change {
        let head = ChangeHead(contextDifference: seen, stamp: Stamp(milliseconds: 1_000), author: author)
        let change = Change(
            scope: scope, replica: replica, sequence: sequence + 1, previous: hash, head: head.encoded,
            body: ChangeBody(edits: edits).encoded)
        sequence += 1
        hash = change.hash
        context.apply(seen)
        return change
    }

    /// Goes on behind a change of somebody else.
    mutating func adopt(_ change: Change) {
        (sequence, hash) = (change.sequence, change.hash)
    }

    /// A segment with one change an edit.
    mutating func segment(_ edits: [EntityEdit], seeing seen: VersionVector = VersionVector()) throws -> Segment {
        let start = context
        var changes: [Change] = []
        for (index, edit) in edits.enumerated() {
            changes.append(change([edit], seeing: index == 0 ? seen : VersionVector()))
        }
        return try Segment(changes, startingContext: start)
    }

    /// A segment of changes that mean nothing in particular, of a kind that every scope may hold.
    mutating func segment(count: Int = 1, text: String = "x", seeing seen: VersionVector = VersionVector()) throws
        -> Segment
    {
        let first = sequence
        return try segment(
            (0..<UInt64(count)).map { index in
                .put("future", scope.id, "value", .text("\(text) \(first + index)"))
            }, seeing: seen)
    }
}

extension EntityEdit {
    static func put(_ kind: String, _ entity: EntityID, _ field: String, _ value: Value) -> EntityEdit {
        EntityEdit(kind: kind, entity: entity, operations: [Operation(.put(value), field: field)])
    }
}
