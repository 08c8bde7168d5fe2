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
    /// Decoded bytes of the changes in one segment. A relay keeps and sends segments whole, so this is what a link has to
    /// let through for anybody who reads it; deflate looks back 32 KiB, so larger ones would hardly be smaller.
    package var segmentBytes = 48 << 10
    /// Bytes of segments asked for in one answer.
    package var pageBytes: UInt64 = 2 << 20

    package init() {}

    /// As little as can be, to find out whether there is anything.
    static var leastRun: SyncLimits {
        var limits = SyncLimits()
        limits.pushBytes = 1
        return limits
    }

    /// A round below this is mostly headers and round trips.
    private static let leastBytes = 16 << 10

    /// The same for a link that breaks: quartered so many times, though not below 16 KiB unless it was.
    package func quartered(times: Int) -> SyncLimits {
        var limits = self
        limits.pushBytes = min(pushBytes, max(SyncLimits.leastBytes, pushBytes >> (2 * times)))
        limits.segmentBytes = min(segmentBytes, limits.pushBytes)
        limits.pageBytes = min(pageBytes, max(UInt64(SyncLimits.leastBytes), pageBytes >> (2 * times)))
        return limits
    }
}

extension ReplicaStore {
    /// Builds the request that tells the relay what this replica holds and hands over what the relay lacks.
    ///
    /// What to push follows from the relay's vectors as it last told them: of the own branch everything from the first
    /// change that the relay does not hold, of others whatever a kept seal proves (`OutstandingScope`).
    ///
    /// - Returns: the request, and whether more is left to push after it.
    package func prepareSync(
        withholding withheld: Set<ScopeID>, clockMilliseconds: Int64, limits: SyncLimits = SyncLimits()
    ) throws -> (request: SyncRequest, hasMoreToPush: Bool) {
        try database.read { connection in
            var outbox = Outbox(limits: limits)
            for scope in try connection.outstandingScopes() where !withheld.contains(scope.id) {
                guard try connection.fill(&outbox, from: scope) else { break }
            }
            let request = SyncRequest(
                bookmark: try connection.metaBytes(.bookmark), vectors: try connection.uncoveredScopes(),
                reports: try connection.unreportedScopes(),
                push: try outbox.segments(deviceKey: connection.metaBytes(.deviceKey)),
                certificates: try connection.certificates(of: outbox.carriedAuthors),
                roster: UInt64(clamping: try connection.metaInteger(.rosterPosition) ?? 0), clock: clockMilliseconds,
                pageBytes: limits.pageBytes, rosterSeal: try connection.metaBytes(.rosterSeal))
            return (request, outbox.isFull)
        }
    }
}

extension Connection {
    /// How many changes of the own branches the relay holds, as its vectors say; by scope row.
    mutating func ownChangesHeldByRelay() throws -> [Int64: UInt64] {
        var statement = try cached(
            """
            SELECT scope.id, scope.scope, replica.id, replica.replica, tip.sequence, tip."check", relay.sequence,
                relay."check"
            FROM tip JOIN scope ON scope.id = tip.scope JOIN replica ON replica.id = tip.replica
                JOIN relay_tip AS relay ON relay.scope = tip.scope AND relay.replica = tip.replica
            WHERE tip.is_own
            """)
        defer { statement.reset() }
        var held: [Int64: UInt64] = [:]
        while try statement.step() {
            let branch = HeldBranch(
                scopeRow: statement.int64(at: 0), scope: try ScopeID(bytes: statement.bytes(at: 1)),
                replicaRow: statement.int64(at: 2), replica: try ReplicaID(bytes: statement.bytes(at: 3)),
                tip: try statement.tip(at: 4), isOwn: true)
            let common = try newestCommon(of: branch, with: [statement.tip(at: 6)])
            held[branch.scopeRow] = max(held[branch.scopeRow] ?? 0, common.sequence)
        }
        return held
    }

    /// The sequences that the own branches end with; by scope row.
    mutating func ownEnds() throws -> [Int64: UInt64] {
        var statement = try cached("SELECT scope, max(sequence) FROM tip WHERE is_own GROUP BY scope")
        defer { statement.reset() }
        var ends: [Int64: UInt64] = [:]
        while try statement.step() { ends[statement.int64(at: 0)] = UInt64(bitPattern: statement.int64(at: 1)) }
        return ends
    }

    /// Scopes that the bookmark does not cover, each with what is held of it.
    fileprivate mutating func uncoveredScopes() throws -> [ScopeReport] {
        var statement = try cached(
            """
            SELECT scope FROM scope WHERE NOT is_covered AND scope NOT IN (SELECT scope FROM forgotten) ORDER BY id
            """)
        var scopes: [ScopeReport] = []
        while try statement.step() {
            let scope = try ScopeID(bytes: statement.bytes(at: 0))
            scopes.append(ScopeReport(scope: scope, vector: try vectorToCatchUp(scope), digest: nil))
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
