package import CanvassCRDT
import CanvassCoding
import CanvassSQLite
package import CanvassWire

/// What a bundle is to hold.
package struct BundleOrder: Sendable {
    /// Nil for every scope but the roster, which concerns admins alone.
    package var includes: (@Sendable (ScopeID) -> Bool)?
    /// Whom it is for: what that replica is known to hold is left out.
    package var receiver: ReplicaID?
    /// What the receiver says itself that it holds.
    package var vectors: [ScopeReport]

    package init(
        includes: (@Sendable (ScopeID) -> Bool)? = nil, receiver: ReplicaID? = nil, vectors: [ScopeReport] = []
    ) {
        self.includes = includes
        self.receiver = receiver
        self.vectors = vectors
    }
}

extension ReplicaStore {
    /// Makes a bundle of what the log holds and the receiver lacks: own changes under the seal of this device, those of
    /// others under the seals that they came with, in an order in which they can be applied.
    package func makeBundle(_ order: BundleOrder, clockMilliseconds: Int64) throws -> Bundle {
        try database.read { connection in
            let organisation = try connection.metaBytes(.organisation)
            let deviceKey = try connection.metaBytes(.deviceKey)
            var bundle = Bundle(
                header: BundleHeader(
                    organisation: try organisation.map { try EntityID(bytes: $0) }, device: device, replica: replica,
                    made: clockMilliseconds))
            var authors: Set<[UInt8]> = []
            for scope in try connection.knownScopes() {
                let report = ScopeReport(scope: scope.id, vector: try connection.vector(of: scope.id), digest: nil)
                bundle.vectors.append(report)
                guard order.includes?(scope.id) ?? (scope.id.kind != .roster) else { continue }
                let known = try connection.known(of: scope.id, by: order)
                var queue = RunQueue(organisation: organisation)
                for branch in try connection.branches(inScope: scope.row, scope.id) {
                    let end = try connection.newestCommon(of: branch, with: known[branch.replica])
                    guard end.sequence < branch.tip.sequence else { continue }
                    try queue.add(
                        BranchReader(branch, after: end, extent: .everything, limits: SyncLimits(), in: &connection),
                        in: &connection)
                }
                while let run = queue.first {
                    if !run.branch.isOwn { authors.insert(run.authorBytes) }
                    bundle.segments.append(try run.segment(deviceKey: deviceKey).encoded)
                    try queue.pass(in: &connection)
                }
            }
            bundle.certificates = try connection.certificates(of: authors)
            if let own = try connection.metaBytes(.certificate) { bundle.certificates.append(own) }
            return bundle
        }
    }

    /// The replicas whose bundles were imported here.
    package func peers() throws -> [ReplicaID] {
        try database.read { connection in
            var statement = try connection.cached("SELECT DISTINCT replica FROM peer ORDER BY replica")
            var peers: [ReplicaID] = []
            while try statement.step() { peers.append(try ReplicaID(bytes: statement.bytes(at: 0))) }
            return peers
        }
    }
}

extension Connection {
    /// The scopes that this replica may read, or has something of.
    fileprivate mutating func knownScopes() throws -> [(row: Int64, id: ScopeID)] {
        var statement = try cached(
            """
            SELECT id, scope FROM scope WHERE is_granted OR EXISTS (SELECT 1 FROM tip WHERE tip.scope = scope.id)
            ORDER BY id
            """)
        defer { statement.reset() }
        var scopes: [(row: Int64, id: ScopeID)] = []
        while try statement.step() {
            scopes.append((statement.int64(at: 0), try ScopeID(bytes: statement.bytes(at: 1))))
        }
        return scopes
    }

    fileprivate mutating func branches(inScope row: Int64, _ scope: ScopeID) throws -> [HeldBranch] {
        var statement = try cached(
            """
            SELECT tip.replica, replica.replica, tip.sequence, tip."check",
                tip.is_own OR EXISTS (SELECT 1 FROM former WHERE former.replica = replica.replica)
            FROM tip JOIN replica ON replica.id = tip.replica WHERE tip.scope = ?1 ORDER BY tip.position
            """)
        try statement.bind(row, at: 1)
        defer { statement.reset() }
        var branches: [HeldBranch] = []
        while try statement.step() {
            branches.append(
                HeldBranch(
                    scopeRow: row, scope: scope, replicaRow: statement.int64(at: 0),
                    replica: try ReplicaID(bytes: statement.bytes(at: 1)), tip: try statement.tip(at: 2),
                    isOwn: statement.int64(at: 4) != 0))
        }
        return branches
    }

    /// The tips of a scope that the receiver of a bundle is known to hold: by its own word now, and by its last bundle.
    fileprivate mutating func known(of scope: ScopeID, by order: BundleOrder) throws -> VersionVector {
        var known = VersionVector()
        for report in order.vectors where report.scope == scope { known = report.vector }
        guard let receiver = order.receiver else { return known }
        var statement = try cached("SELECT vector FROM peer WHERE replica = ?1 AND scope = ?2")
        try statement.bind(receiver.bytes, at: 1)
        try statement.bind(scope.bytes, at: 2)
        defer { statement.reset() }
        guard try statement.step() else { return known }
        let remembered = try VersionVector(stored: statement.bytes(at: 0))
        for dot in remembered.dots where !known.dots.contains(dot) {
            known[dot.replica].append(.init(sequence: dot.sequence, check: dot.check))
        }
        return known
    }
}
