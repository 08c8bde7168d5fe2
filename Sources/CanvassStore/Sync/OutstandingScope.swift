import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// A scope of which this replica holds more than the relay, as far as the relay has told.
///
/// Invariants:
/// 1. The own branch is handed on from the newest change that both know, whatever else the relay holds.
/// 2. Changes of others are handed on only where the relay told its vector and all of its tips of that replica are held
///    here: what it has is then known exactly. Whatever it has and this replica lacks comes by the same sync first, so
///    nobody has to ask where two unknown branches part.
/// 3. They leave in the order in which they were applied here, the relay's own marks first, and only behind what they
///    depend on: the relay would turn them down.
struct OutstandingScope {
    let row: Int64
    let id: ScopeID
    /// Whether the relay told what it holds of the scope.
    let isTold: Bool
    fileprivate(set) var branches: [HeldBranch]
    /// What the relay holds, by row of `replica`.
    fileprivate(set) var relayTips: [Int64: [VersionVector.Tip]] = [:]
}

extension Connection {
    /// The scopes with tips that are not the relay's, as it last told. A look at the tips alone: where the relay has
    /// everything, nothing of the log is read. What says who may write comes first, then what makes teams.
    mutating func outstandingScopes() throws -> [OutstandingScope] {
        var statement = try cached(
            """
            SELECT scope.id, scope.scope, replica.id, replica.replica, tip.sequence, tip."check",
                tip.is_own OR EXISTS (SELECT 1 FROM former WHERE former.replica = replica.replica),
                EXISTS (SELECT 1 FROM told WHERE told.scope = scope.scope) AS is_told
            FROM tip JOIN scope ON scope.id = tip.scope JOIN replica ON replica.id = tip.replica
            WHERE NOT EXISTS (
                    SELECT 1 FROM relay_tip AS relay WHERE relay.scope = tip.scope AND relay.replica = tip.replica
                        AND relay.sequence = tip.sequence AND relay."check" = tip."check")
                AND (tip.is_own OR is_told)
            ORDER BY scope.kind <> 'roster', scope.kind <> 'design', scope.id, tip.position
            """)
        defer { statement.reset() }
        var scopes: [OutstandingScope] = []
        while try statement.step() {
            let row = statement.int64(at: 0)
            let id = try ScopeID(bytes: statement.bytes(at: 1))
            if scopes.last?.row != row {
                scopes.append(
                    OutstandingScope(
                        row: row, id: id, isTold: statement.int64(at: 7) != 0, branches: [],
                        relayTips: try relayTips(inScope: row)))
            }
            scopes[scopes.count - 1].branches.append(
                HeldBranch(
                    scopeRow: row, scope: id, replicaRow: statement.int64(at: 2),
                    replica: try ReplicaID(bytes: statement.bytes(at: 3)), tip: try statement.tip(at: 4),
                    isOwn: statement.int64(at: 6) != 0))
        }
        return scopes
    }

    private mutating func relayTips(inScope scope: Int64) throws -> [Int64: [VersionVector.Tip]] {
        var statement = try cached("SELECT replica, sequence, \"check\" FROM relay_tip WHERE scope = ?1")
        try statement.bind(scope, at: 1)
        defer { statement.reset() }
        var tips: [Int64: [VersionVector.Tip]] = [:]
        while try statement.step() { tips[statement.int64(at: 0), default: []].append(try statement.tip(at: 1)) }
        return tips
    }

    /// Where the relay's part of a branch ends; nil where that cannot be known yet (invariant 2).
    mutating func relayEnd(of branch: HeldBranch, in scope: OutstandingScope) throws -> VersionVector.Tip? {
        let tips = scope.relayTips[branch.replicaRow] ?? []
        if !branch.isOwn {
            for tip in tips where try !holds(tip, on: branch) { return nil }
        }
        return try newestCommon(of: branch, with: tips)
    }

    /// Adds what the relay lacks of a scope and this replica may prove.
    ///
    /// - Returns: false when the outbox is full.
    mutating func fill(_ outbox: inout Outbox, from scope: OutstandingScope) throws -> Bool {
        var queue = RunQueue(organisation: try metaBytes(.organisation))
        for branch in scope.branches {
            guard let end = try relayEnd(of: branch, in: scope), end.sequence < branch.tip.sequence else { continue }
            try queue.add(
                BranchReader(branch, after: end, extent: .provable, limits: outbox.limits, in: &self), in: &self)
        }
        var held = scope.relayTips
        while let run = queue.first {
            guard try !scope.isTold || dependencies(of: run, lieIn: held) else {
                queue.setAside()
                continue
            }
            guard outbox.add(run) else { return false }
            held[run.branch.replicaRow, default: []].append(run.end)
            try queue.pass(in: &self)
        }
        return true
    }

    /// Whether everything that the authors of the changes had been shown lies at or before `held`.
    private mutating func dependencies(
        of run: SegmentRun, lieIn held: [Int64: [VersionVector.Tip]]
    ) throws -> Bool {
        for change in run.changes where change.hasOwnContext {
            for dot in try ChangeHead(decoding: change.change.head).contextDifference.dots {
                guard let replica = try replicaRow(of: dot.replica),
                    try lies(dot, atOrBefore: held[replica] ?? [], scope: run.branch.scopeRow, replica: replica)
                else { return false }
            }
        }
        return true
    }

    /// Whether a held change is one of `tips`, or lies before one.
    mutating func lies(
        _ dot: Dot, atOrBefore tips: [VersionVector.Tip], scope: Int64, replica: Int64
    ) throws -> Bool {
        let later = tips.filter { $0.sequence >= dot.sequence }
        if later.isEmpty { return false }
        var statement = try cached("SELECT count(*) FROM tip WHERE scope = ?1 AND replica = ?2")
        try statement.bind(scope, at: 1)
        try statement.bind(replica, at: 2)
        let hasForked = try statement.step() && statement.int64(at: 0) > 1
        statement.reset()
        guard hasForked else { return true }
        for tip in later where try isAncestor(dot, of: tip, scope: scope, replica: replica) { return true }
        return false
    }

    mutating func replicaRow(of replica: ReplicaID) throws -> Int64? {
        var statement = try cached("SELECT id FROM replica WHERE replica = ?1")
        try statement.bind(replica.bytes, at: 1)
        defer { statement.reset() }
        return try statement.step() ? statement.int64(at: 0) : nil
    }
}
