import CanvassCRDT
import CanvassSQLite

/// One branch of a chain in the log, by its last change.
struct HeldBranch {
    let scopeRow: Int64
    let scope: ScopeID
    let replicaRow: Int64
    let replica: ReplicaID
    let tip: VersionVector.Tip
    /// Whether this replica writes on it.
    let isOwn: Bool
}

extension Connection {
    /// The newest change of the branch that lies on or before one of `tips`, which are of the same replica; sequence 0
    /// where there is none. Tips that are not held here are passed over.
    mutating func newestCommon(of branch: HeldBranch, with tips: [VersionVector.Tip]) throws -> VersionVector.Tip {
        let own = try hasForked(branch) ? checks(of: branch, endingAt: branch.tip) : nil
        var last = VersionVector.Tip(sequence: 0, check: 0)
        for tip in tips {
            guard try holds(tip, on: branch) else { continue }
            guard let own else {
                // A single branch needs no walk: what is held and is not its tip lies before it.
                last = max(last, tip)
                continue
            }
            let common = zip(own, try checks(of: branch, endingAt: tip)).prefix { $0 == $1 }.count
            if common > last.sequence { last = .init(sequence: UInt64(common), check: own[common - 1]) }
        }
        return last
    }

    /// Whether a change of the replica is held.
    mutating func holds(_ tip: VersionVector.Tip, on branch: HeldBranch) throws -> Bool {
        try holds(branch.dot(of: tip), scope: branch.scopeRow, replica: branch.replicaRow)
    }

    mutating func hasForked(_ branch: HeldBranch) throws -> Bool {
        var statement = try cached("SELECT count(*) FROM tip WHERE scope = ?1 AND replica = ?2")
        try statement.bind(branch.scopeRow, at: 1)
        try statement.bind(branch.replicaRow, at: 2)
        return try statement.step() && statement.int64(at: 0) > 1
    }

    /// The checks of a branch of the same replica from its first change to `tip`, which is held. Reads the whole log of the
    /// replica, so it is asked only of one that has forked.
    mutating func checks(of branch: HeldBranch, endingAt tip: VersionVector.Tip) throws -> [UInt64] {
        var statement = try cached(
            """
            SELECT sequence, "check", previous FROM change
            WHERE scope = ?1 AND replica = ?2 AND sequence BETWEEN 1 AND ?3 ORDER BY sequence DESC
            """)
        try statement.bind(branch.scopeRow, at: 1)
        try statement.bind(branch.replicaRow, at: 2)
        try statement.bind(Int64(bitPattern: tip.sequence), at: 3)
        var checks: [UInt64] = []
        var next = tip
        while try statement.step() {
            guard try statement.tip(at: 0) == next else { continue }
            checks.append(next.check)
            next = .init(sequence: next.sequence - 1, check: UInt64(bitPattern: statement.int64(at: 2)))
        }
        guard next.sequence == 0 else {
            throw StoreError.damaged("change \(next.sequence) of \(branch.replica) in \(branch.scope): it is missing")
        }
        return checks.reversed()
    }

    /// The chain hash of a change of the branch; that of the chain's start for sequence 0.
    mutating func hash(of tip: VersionVector.Tip, on branch: HeldBranch) throws -> ChainHash {
        guard tip.sequence > 0 else { return ChainHash.start(scope: branch.scope, replica: branch.replica) }
        guard let link = try link(branch.dot(of: tip), scope: branch.scopeRow, replica: branch.replicaRow) else {
            throw StoreError.damaged("change \(branch.dot(of: tip)) of \(branch.scope): it is missing")
        }
        return link.hash
    }

    /// The whole context of a change of the branch.
    mutating func context(of tip: VersionVector.Tip, on branch: HeldBranch) throws -> VersionVector {
        guard tip.sequence > 0 else { return VersionVector() }
        return try link(branch.dot(of: tip), scope: branch.scopeRow, replica: branch.replicaRow)?.context
            ?? VersionVector()
    }
}

extension HeldBranch {
    func dot(of tip: VersionVector.Tip) -> Dot {
        Dot(replica: replica, sequence: tip.sequence, check: tip.check)
    }
}
