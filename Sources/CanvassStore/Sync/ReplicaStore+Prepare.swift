package import CanvassCRDT
import CanvassCoding
import CanvassSQLite
package import CanvassWire

/// How much one round carries. A broken transfer repeats at most one page.
package struct SyncLimits: Sendable {
    /// Decoded bytes of the changes pushed in one request.
    package var pushBytes = 1 << 20
    /// Changes in one segment; a page of 500 responses is where larger ones stop getting smaller by the response.
    package var segmentChanges = 2_000
    /// Bytes of segments asked for in one answer.
    package var pageBytes: UInt64 = 2 << 20

    package init() {}
}

extension ReplicaStore {
    /// Builds the request that tells the relay what this replica holds and hands over what the relay lacks.
    ///
    /// What to push follows from the relay's vectors as it last told them: each scope's own branch from the first change
    /// that the relay does not hold.
    ///
    /// - Returns: the request, and whether more is left to push after it.
    package func prepareSync(
        withholding withheld: Set<ScopeID>, clockMilliseconds: Int64, limits: SyncLimits = SyncLimits()
    ) throws -> (request: SyncRequest, hasMoreToPush: Bool) {
        try database.read { connection in
            var outbox = Outbox(limits: limits)
            for scope in try connection.scopesToPush() where !withheld.contains(scope.id) {
                guard try connection.fill(&outbox, from: scope) else { break }
            }
            let request = SyncRequest(
                bookmark: try connection.metaBytes(.bookmark), vectors: try connection.uncoveredScopes(),
                reports: try connection.unreportedScopes(), push: try outbox.segments.map { try $0.encodedSegment() },
                roster: UInt64(clamping: try connection.metaInteger(.rosterPosition) ?? 0), clock: clockMilliseconds,
                pageBytes: limits.pageBytes)
            return (request, outbox.isFull)
        }
    }
}

/// The runs of changes gathered for one request.
private struct Outbox {
    /// One segment to be: consecutive changes and the context before them.
    struct Run {
        var changes: [Change]
        var startingContext: VersionVector

        func encodedSegment() throws -> [UInt8] {
            try Segment(changes, startingContext: startingContext).encoded
        }
    }

    let limits: SyncLimits
    var segments: [Run] = []
    private var byteCount = 0
    private(set) var isFull = false

    init(limits: SyncLimits) {
        self.limits = limits
    }

    /// Takes one change more, unless the request is full.
    ///
    /// A change that writes a context down has seen somebody else's change since the one before it; a segment never
    /// spans that, or else two writers' runs could wait for each other for ever.
    mutating func add(_ change: Change, hasOwnContext: Bool, context: () throws -> VersionVector) rethrows -> Bool {
        let bytes = change.head.count + (change.body?.count ?? 0)
        guard byteCount == 0 || byteCount + bytes <= limits.pushBytes else {
            isFull = true
            return false
        }
        byteCount += bytes
        if !hasOwnContext, let last = segments.indices.last, segments[last].changes.count < limits.segmentChanges,
            segments[last].changes.last?.hash == change.previous
        {
            segments[last].changes.append(change)
        } else {
            segments.append(Run(changes: [change], startingContext: try context()))
        }
        return true
    }
}

/// A scope whose own branch goes on past what the relay holds of it.
private struct PushableScope {
    let row: Int64
    let id: ScopeID
    let replica: ReplicaID
    let replicaRow: Int64
    let ownTip: VersionVector.Tip
    let relayTips: [VersionVector.Tip]
}

extension Connection {
    /// The scopes this replica has written, each with the relay's tips of this replica.
    fileprivate mutating func scopesToPush() throws -> [PushableScope] {
        var statement = try cached(
            """
            SELECT scope.id, scope.scope, replica.replica, tip.replica, tip.sequence, tip."check", relay.sequence,
                relay."check"
            FROM tip JOIN scope ON scope.id = tip.scope JOIN replica ON replica.id = tip.replica
                LEFT JOIN relay_tip AS relay ON relay.scope = tip.scope AND relay.replica = tip.replica
            WHERE tip.is_own ORDER BY scope.id
            """)
        var scopes: [PushableScope] = []
        while try statement.step() {
            let relayTip = statement.isNull(at: 6) ? [] : [try statement.tip(at: 6)]
            let row = statement.int64(at: 0)
            let earlier = scopes.last?.row == row ? scopes.removeLast().relayTips : []
            scopes.append(
                PushableScope(
                    row: row, id: try ScopeID(bytes: statement.bytes(at: 1)),
                    replica: try ReplicaID(bytes: statement.bytes(at: 2)), replicaRow: statement.int64(at: 3),
                    ownTip: try statement.tip(at: 4), relayTips: earlier + relayTip))
        }
        return scopes.filter { !$0.relayTips.contains($0.ownTip) }
    }

    /// Adds what the relay lacks of one scope's own branch.
    ///
    /// - Returns: false when the outbox is full.
    fileprivate mutating func fill(_ outbox: inout Outbox, from scope: PushableScope) throws -> Bool {
        let branch = try hasForked(scope) ? branch(endingAt: scope.ownTip, in: scope) : nil
        let held = try lastSequenceHeldByRelay(of: scope, branch: branch)
        guard held.sequence < scope.ownTip.sequence else { return true }
        var statement = try cached(
            """
            SELECT sequence, "check", previous, head, body, body_hash, context_at = position
            FROM change WHERE scope = ?1 AND replica = ?2 AND sequence > ?3 ORDER BY sequence
            """)
        try statement.bind(scope.row, at: 1)
        try statement.bind(scope.replicaRow, at: 2)
        try statement.bind(Int64(bitPattern: held.sequence), at: 3)
        var previous = try hash(of: held, in: scope)
        while try statement.step() {
            let tip = try statement.tip(at: 0)
            // Changes of other branches of this replica lie between, and two may follow the same change.
            if let branch {
                guard tip.sequence <= scope.ownTip.sequence, branch[Int(tip.sequence) - 1] == tip.check else {
                    continue
                }
            }
            let change = try Change(row: statement, scope: scope.id, replica: scope.replica, previous: previous)
            guard change.hash.check == tip.check else {
                throw StoreError.damaged("change \(change.dot) of \(scope.id): its hash does not match")
            }
            let fits = try outbox.add(change, hasOwnContext: statement.int64(at: 6) != 0) {
                try context(
                    of: Dot(replica: scope.replica, sequence: tip.sequence - 1, check: previous.check), in: scope)
            }
            guard fits else { return false }
            previous = change.hash
        }
        return true
    }

    /// The last change of the own branch that the relay holds; sequence 0 where it holds none.
    ///
    /// - Parameter branch: the checks of the own branch where the replica has forked. The relay may then know another
    ///   branch and, through it, the changes that both have in common.
    private mutating func lastSequenceHeldByRelay(
        of scope: PushableScope, branch: [UInt64]?
    ) throws -> VersionVector.Tip {
        var last = VersionVector.Tip(sequence: 0, check: 0)
        for tip in scope.relayTips {
            let dot = Dot(replica: scope.replica, sequence: tip.sequence, check: tip.check)
            guard try holds(dot, scope: scope.row, replica: scope.replicaRow) else { continue }
            guard let branch else {
                // A single branch needs no walk: what is held and is not its tip lies before it.
                last = max(last, tip)
                continue
            }
            let common = zip(branch, try self.branch(endingAt: tip, in: scope)).prefix { $0 == $1 }.count
            if common > last.sequence { last = .init(sequence: UInt64(common), check: branch[common - 1]) }
        }
        return last
    }

    private mutating func hasForked(_ scope: PushableScope) throws -> Bool {
        var statement = try cached("SELECT count(*) FROM tip WHERE scope = ?1 AND replica = ?2")
        try statement.bind(scope.row, at: 1)
        try statement.bind(scope.replicaRow, at: 2)
        return try statement.step() && statement.int64(at: 0) > 1
    }

    /// The checks of a branch from its first change to `tip`, which is held. Reads the whole log of the replica, so it is
    /// asked only of one that has forked.
    private mutating func branch(endingAt tip: VersionVector.Tip, in scope: PushableScope) throws -> [UInt64] {
        var statement = try cached(
            """
            SELECT sequence, "check", previous FROM change
            WHERE scope = ?1 AND replica = ?2 AND sequence BETWEEN 1 AND ?3 ORDER BY sequence DESC
            """)
        try statement.bind(scope.row, at: 1)
        try statement.bind(scope.replicaRow, at: 2)
        try statement.bind(Int64(bitPattern: tip.sequence), at: 3)
        var checks: [UInt64] = []
        var next = tip
        while try statement.step() {
            guard try statement.tip(at: 0) == next else { continue }
            checks.append(next.check)
            next = .init(sequence: next.sequence - 1, check: UInt64(bitPattern: statement.int64(at: 2)))
        }
        guard next.sequence == 0 else {
            throw StoreError.damaged("change \(next.sequence) of \(scope.replica) in \(scope.id): it is missing")
        }
        return checks.reversed()
    }

    private mutating func hash(of tip: VersionVector.Tip, in scope: PushableScope) throws -> ChainHash {
        guard tip.sequence > 0 else { return ChainHash.start(scope: scope.id, replica: scope.replica) }
        let dot = Dot(replica: scope.replica, sequence: tip.sequence, check: tip.check)
        guard let link = try link(dot, scope: scope.row, replica: scope.replicaRow) else {
            throw StoreError.damaged("change \(dot) of \(scope.id): it is missing")
        }
        return link.hash
    }

    private mutating func context(of dot: Dot, in scope: PushableScope) throws -> VersionVector {
        guard dot.sequence > 0 else { return VersionVector() }
        return try link(dot, scope: scope.row, replica: scope.replicaRow)?.context ?? VersionVector()
    }

    /// Scopes that the bookmark does not cover, each with what is held of it.
    fileprivate mutating func uncoveredScopes() throws -> [ScopeReport] {
        var statement = try cached("SELECT scope FROM scope WHERE NOT is_covered ORDER BY id")
        var scopes: [ScopeReport] = []
        while try statement.step() {
            let scope = try ScopeID(bytes: statement.bytes(at: 0))
            scopes.append(ScopeReport(scope: scope, vector: try vector(of: scope), digest: nil))
        }
        return scopes
    }

    /// Scopes whose state changed since the relay was last told its digest.
    fileprivate mutating func unreportedScopes() throws -> [ScopeReport] {
        var statement = try cached("SELECT scope, digest FROM scope WHERE NOT is_reported ORDER BY id")
        var scopes: [ScopeReport] = []
        while try statement.step() {
            let scope = try ScopeID(bytes: statement.bytes(at: 0))
            let digest = StateDigest(rawValue: UInt64(bitPattern: statement.int64(at: 1)))
            scopes.append(ScopeReport(scope: scope, vector: try vector(of: scope), digest: digest))
        }
        return scopes
    }

    /// The version vector of a scope: one dot for each branch held.
    package mutating func vector(of scope: ScopeID) throws -> VersionVector {
        var statement = try cached(
            """
            SELECT replica.replica, sequence, "check" FROM tip JOIN replica ON replica.id = tip.replica
            WHERE tip.scope = (SELECT id FROM scope WHERE scope = ?1)
            """)
        try statement.bind(scope.bytes, at: 1)
        var vector = VersionVector()
        while try statement.step() {
            let dot = try statement.dot(at: 0)
            vector[dot.replica].append(.init(sequence: dot.sequence, check: dot.check))
        }
        return vector
    }
}

extension Change {
    /// A change from the columns sequence, check, previous, head, body and body hash.
    fileprivate init(
        row: borrowing Statement, scope: ScopeID, replica: ReplicaID, previous: ChainHash
    ) throws {
        let sequence = try row.tip(at: 0).sequence
        if row.isNull(at: 4) {
            guard let hash = SHA256.Digest(bytes: row.bytes(at: 5)) else {
                throw StoreError.damaged("change \(sequence) of \(replica)")
            }
            self.init(
                scope: scope, replica: replica, sequence: sequence, previous: previous, head: row.bytes(at: 3),
                bodyHash: hash)
        } else {
            self.init(
                scope: scope, replica: replica, sequence: sequence, previous: previous, head: row.bytes(at: 3),
                body: row.bytes(at: 4))
        }
    }
}
