import CanvassCRDT
import CanvassCoding

extension LogConnection {
    /// Takes in the marks of changes that a relay of this organisation made, which came back to it because it lost them.
    ///
    /// No relay marks changes of its own; whatever did is not followed.
    mutating func learnMarks(
        from verdicts: [Verdict], in scope: HeldScope, as identity: RelayIdentity, at position: Int64, received: Int64
    ) throws {
        var void: [Int64: (branch: Branch, reasons: [VersionVector.Tip: String])] = [:]
        for verdict in verdicts {
            for (dot, reason) in verdict.edits.flatMap({ $0.marks(by: identity.organisation) }) {
                guard dot.sequence > 0, dot.sequence <= Int64.max,
                    try marks(on: dot.replica, dot.sequence...dot.sequence, in: scope)[dot.tip] == nil
                else { continue }
                let branch = try branch(holding: dot, among: try branches(of: dot.replica, in: scope))
                if let branch, branch.isRelay { continue }
                try saveMark(on: dot, reason: reason, at: position, branch: branch?.number, in: scope)
                guard let branch else { continue }
                void[branch.number, default: (branch, [:])].reasons[dot.tip] = reason
                if reason.hasSameBytes(as: MarkReason.erased.rawValue) { try noteErasure() }
            }
        }
        for (branch, reasons) in void.values.sorted(by: { $0.branch.number < $1.branch.number }) {
            try dropBodies(of: reasons, on: branch, in: scope, received: received)
        }
    }
}
