package import CanvassCRDT
import CanvassCoding
package import CanvassSQLite

/// Changes that are held here, that the relay lacks, and that it could not take from this replica now.
package struct WaitingChanges: Sendable, Hashable {
    package enum Reason: Sendable {
        /// The relay does not know the device that made them.
        case unknownAuthor
        /// Another device made them, and nothing that is kept here proves it.
        case unproven
        /// They were made upon changes that wait.
        case dependent
    }

    package var scope: ScopeID
    package var count: Int
    package var reason: Reason
}

extension Connection {
    /// By scope and reason; nothing of the log is read where the relay, by its last word, has everything.
    package mutating func waitingChanges() throws -> [WaitingChanges] {
        var waiting: [WaitingChanges] = []
        for scope in try outstandingScopes() where scope.isTold {
            var counts: [WaitingChanges.Reason: Int] = [:]
            for branch in scope.branches where !branch.isOwn {
                guard let end = try relayEnd(of: branch, in: scope), end.sequence < branch.tip.sequence else {
                    continue
                }
                let provable = try usableSeals(on: branch, after: end.sequence).last?.tip.sequence ?? end.sequence
                guard provable < branch.tip.sequence else { continue }
                let reason =
                    try isUnknownAuthor(branch, after: provable) ? .unknownAuthor : WaitingChanges.Reason.unproven
                counts[reason, default: 0] += Int(clamping: branch.tip.sequence - provable)
            }
            if !counts.isEmpty { counts[.dependent] = try ownWaiting(in: scope) }
            for reason in [WaitingChanges.Reason.unknownAuthor, .unproven, .dependent] {
                guard let count = counts[reason], count > 0 else { continue }
                waiting.append(WaitingChanges(scope: scope.id, count: count, reason: reason))
            }
        }
        return waiting
    }

    private mutating func isUnknownAuthor(_ branch: HeldBranch, after sequence: UInt64) throws -> Bool {
        var statement = try cached(
            "SELECT 1 FROM seal WHERE scope = ?1 AND replica = ?2 AND sequence > ?3 AND waits = ?4 LIMIT 1")
        try statement.bind(branch.scope.bytes, at: 1)
        try statement.bind(branch.replica.bytes, at: 2)
        try statement.bind(Int64(bitPattern: sequence), at: 3)
        try statement.bind(SealState.unknownAuthor.rawValue, at: 4)
        defer { statement.reset() }
        return try statement.step()
    }

    /// Own changes that are blocked: where any could go, none of them waits.
    private mutating func ownWaiting(in scope: OutstandingScope) throws -> Int {
        var outbox = Outbox(limits: SyncLimits())
        _ = try fill(&outbox, from: scope)
        guard !outbox.runs.contains(where: { $0.branch.isOwn }), let own = scope.branches.first(where: \.isOwn),
            let end = try relayEnd(of: own, in: scope), end.sequence < own.tip.sequence
        else { return 0 }
        return Int(clamping: own.tip.sequence - end.sequence)
    }
}
