import CanvassCRDT

/// One branch of a replica's chain in a scope, with its tip. Normally a replica has one; a copied database that went on
/// writing twice has one more for each fork (rule 7).
struct Branch {
    let number: Int64
    let replica: ReplicaID
    /// The branch that this one left after `forkSequence`; nil for one that begins at the start of the chain.
    let parent: Int64?
    let forkSequence: UInt64
    /// The last change.
    let sequence: UInt64
    let hash: ChainHash
    /// The whole context of the last change.
    let context: VersionVector
    /// Whether the relay wrote it, this one or one whose log was lost.
    let isRelay: Bool

    var tip: VersionVector.Tip { VersionVector.Tip(sequence: sequence, check: hash.check) }
}

/// The held change that a segment continues.
struct Anchor {
    /// Nil at the start of the chain.
    let branch: Branch?
    let sequence: UInt64
    let hash: ChainHash
    /// The whole context of the change.
    let context: VersionVector

    /// Whether what follows extends the branch; else it forks off.
    var isTip: Bool { branch.map { $0.sequence == sequence } ?? false }
}

extension VersionVector {
    /// The tips of all branches of a scope.
    init(_ branches: [Branch]) {
        self.init()
        for branch in branches { self[branch.replica] += [branch.tip] }
    }
}
