import CanvassCRDT
import CanvassSQLite

/// What the author of one change had been shown: its context and its own branch.
struct ChangeContext {
    private let dot: Dot
    private let previousCheck: UInt64
    private let context: VersionVector
    private let scopeRow: Int64
    private let replicaRow: Int64
    private let held: VersionVector

    /// - Parameters:
    ///   - dot: the change.
    ///   - previousCheck: that of the change before it on its chain.
    ///   - context: the whole of it, as the chain has it up to the change.
    ///   - replica: the row of the change's replica.
    init(
        of dot: Dot, after previousCheck: UInt64, context: VersionVector, scope: Workspace.ScopeState, replica: Int64
    ) {
        self.dot = dot
        self.previousCheck = previousCheck
        self.context = context
        scopeRow = scope.row
        replicaRow = replica
        held = scope.vector
    }

    /// Whether the change `other`, which is held, lies in the context.
    func contains(_ other: Dot, _ workspace: inout Workspace, _ connection: inout Connection) throws -> Bool {
        var tips = context[other.replica]
        var row = replicaRow
        if other.replica == dot.replica {
            tips.append(.init(sequence: dot.sequence - 1, check: previousCheck))
        } else {
            row = try workspace.row(of: other.replica, in: &connection)
        }
        let hasForked = held[other.replica].count > 1
        for tip in tips where other.sequence <= tip.sequence {
            #if PLANTED_BUGS
                if planted(.forkNumbersAlone) { return true }
            #endif
            guard hasForked else { return true }
            if try connection.isAncestor(other, of: tip, scope: scopeRow, replica: row) { return true }
        }
        return false
    }
}
