package import CanvassCRDT
package import CanvassSQLite

/// Which changes of a scope belong to its state as of a moment.
///
/// A change belongs to it when its author's clock showed no later time, and so does everything that its author had
/// been shown: the change before it on its chain, and its context. So the cut is closed under causality, and the state
/// it gives is one that a replica could have held. Equal changes give equal cuts: it does not matter when they arrived.
///
/// Invariant: on each branch what belongs to the cut is a beginning of it, since a change needs the one before it.
package struct PastCut: Sendable, Hashable {
    /// Milliseconds since 1970, by the clocks of the authors.
    package let moment: Int64
    /// The first change left out of each replica that has one branch.
    private var firstLeftOut: [ReplicaID: UInt64] = [:]
    /// Every change left out of the replicas that have forked.
    private var leftOutOfForks: Set<Dot> = []
    private let forked: Set<ReplicaID>
    /// How many changes are left out though they carry no later time, because of one that they build on: some clock
    /// must have been wrong.
    package private(set) var displaced = 0

    init(asOf moment: Int64, forked: Set<ReplicaID>) {
        self.moment = moment
        self.forked = forked
    }

    /// Whether a held change belongs to it.
    package func contains(_ dot: Dot) -> Bool {
        if forked.contains(dot.replica) { return !leftOutOfForks.contains(dot) }
        return firstLeftOut[dot.replica].map { dot.sequence < $0 } ?? true
    }

    /// Judges the next change in the order of application.
    mutating func judge(_ dot: Dot, after previousCheck: UInt64, _ head: ChangeHead) {
        let previous = Dot(replica: dot.replica, sequence: dot.sequence - 1, check: previousCheck)
        let isLate = head.stamp.milliseconds > moment
        if !isLate, contains(previous), head.contextDifference.dots.allSatisfy(contains) { return }
        if !isLate { displaced += 1 }
        if forked.contains(dot.replica) {
            leftOutOfForks.insert(dot)
        } else if contains(dot) {
            firstLeftOut[dot.replica] = dot.sequence
        }
    }
}

extension Connection {
    /// Reads the heads of a scope's log once; what it keeps is one number a replica, and what forks left out.
    package mutating func cut(of scope: ScopeID, asOf moment: Int64) throws -> PastCut {
        let forked = try vector(of: scope).tips.filter { $0.value.count > 1 }.keys
        var cut = PastCut(asOf: moment, forked: Set(forked))
        var statement = try cached(
            """
            SELECT replica.replica, sequence, "check", previous, head
            FROM change JOIN replica ON replica.id = change.replica
            WHERE scope = (SELECT id FROM scope WHERE scope = ?1) ORDER BY position
            """)
        try statement.bind(scope.bytes, at: 1)
        defer { statement.reset() }
        while try statement.step() {
            let dot = Dot(
                replica: try ReplicaID(bytes: statement.bytes(at: 0)),
                sequence: UInt64(bitPattern: statement.int64(at: 1)),
                check: UInt64(bitPattern: statement.int64(at: 2)))
            guard dot.sequence > 0 else { throw StoreError.damaged("change \(dot) of \(scope)") }
            cut.judge(
                dot, after: UInt64(bitPattern: statement.int64(at: 3)),
                try ChangeHead(decoding: statement.bytes(at: 4)))
        }
        return cut
    }
}
