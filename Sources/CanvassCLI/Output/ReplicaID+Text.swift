import CanvassCRDT

extension ReplicaID {
    /// What a person should know where two branches of this replica exist.
    var forkRemark: String {
        "the database of the replica \(self) was copied and both copies were used; the changes of both are kept. "
            + "Work with one copy only, and join anew with the other."
    }
}
