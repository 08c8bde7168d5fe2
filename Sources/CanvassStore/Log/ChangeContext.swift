import CanvassCRDT
import CanvassSQLite

/// What the author of one change had been shown: its context and its own branch.
struct ChangeContext {
    private let change: Change
    private let context: VersionVector
    private let scopeRow: Int64
    private let replicaRow: Int64
    private let held: VersionVector

    init(change: Change, context: VersionVector, scope: Workspace.ScopeState, replica: Int64) {
        self.change = change
        self.context = context
        scopeRow = scope.row
        replicaRow = replica
        held = scope.vector
    }

    /// Whether the change `dot`, which is held, lies in the context.
    func contains(_ dot: Dot, _ workspace: inout Workspace, _ connection: inout Connection) throws -> Bool {
        var tips = context[dot.replica]
        var row = replicaRow
        if dot.replica == change.replica {
            tips.append(.init(sequence: change.sequence - 1, check: change.previous.check))
        } else {
            row = try workspace.row(of: dot.replica, in: &connection)
        }
        let hasForked = held[dot.replica].count > 1
        for tip in tips where dot.sequence <= tip.sequence {
            guard hasForked else { return true }
            if try connection.isAncestor(dot, of: tip, scope: scopeRow, replica: row) { return true }
        }
        return false
    }
}
