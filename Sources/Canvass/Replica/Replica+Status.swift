public import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore

/// Where a replica stands: who it is, what it holds, and what the relay has of it.
public struct ReplicaStatus: Sendable, Hashable {
    public struct Scope: Sendable, Hashable {
        public var id: ScopeID
        /// Whose it is: a campaign's, a team's or a member's name; nil where the roster has not said.
        public var owner: String?
        /// Changes held.
        public var changes: Int
        /// Own changes that the relay has not confirmed.
        public var unsynced: Int
        /// Changes that are not known to lie inside a verified backup of the relay.
        public var outsideBackup: Int
        public var digest: StateDigest
        /// Identifies exactly which changes are held: equal vectors must mean equal digests.
        public var vector: String
    }

    /// Changes that need a newer version, and what of them: a change can count in several.
    public struct Newer: Sendable, Hashable {
        public var changes: Int
        public var withOperations: Int
        public var withKinds: Int
        public var withValues: Int
    }

    /// Changes kept apart for one reason.
    public struct Quarantine: Sendable, Hashable {
        public var count: Int
        /// Why, in words.
        public var why: String
        /// Whether the relay voided them; else `canvass doctor` found them damaged.
        public var isVoid: Bool
    }

    public var path: String
    public var replica: ReplicaID
    public var device: EntityID
    public var relay: String?
    /// The members that this device acts as.
    public var members: [Member]
    public var scopes: [Scope]
    public var responses: Int
    public var conflicts: Int
    /// Interviews begun here that are not finished.
    public var drafts: Int
    /// Operations kept for a newer version that understands them.
    public var unknownOperations: Int
    /// Changes of other devices that came by bundles and that the relay has not confirmed.
    public var provisional: Int
    /// Changes that came by bundles and wait for others that they were made upon.
    public var pending: Int
    /// What is held here and cannot go to the relay yet, each with the reason.
    public var waiting: [String]
    /// Scopes that were dropped, since a backup of the relay holds them, with the changes that were in them.
    public var forgotten: [ScopeCount]
    /// Whether the relay has told of a verified backup.
    public var hasBackup: Bool
    /// Changes of which this version does not understand everything; all of them are kept and passed on.
    public var newer: Newer
    /// Own changes that have no effect, by reason.
    public var void: [VoidChanges]
    /// What is kept apart because it may not take effect, or was damaged.
    public var quarantine: [Quarantine]
    /// Erasures that the relay or a device has not confirmed yet.
    public var openErasures: Int
    /// Whether the file may still hold something of what was erased, in space that it no longer uses. A sync removes it,
    /// once no other program reads the file and there is room to write it anew.
    public var hasRemains: Bool
    /// Databases that were copied, and of which both copies went on.
    public var forks: [ReplicaFork]
    /// Milliseconds since 1970 by the device's clock; nil before the first sync.
    public var lastSyncMilliseconds: Int64?
    /// The relay's clock minus the device's at the last sync, milliseconds.
    public var clockOffsetMilliseconds: Int64?

    /// The replicas of which two branches exist.
    public var forked: [ReplicaID] { forks.map(\.replica) }

    public var unsynced: Int { scopes.reduce(0) { $0 + $1.unsynced } }
    public var outsideBackup: Int { scopes.reduce(0) { $0 + $1.outsideBackup } }

    /// Whether the device could be wiped, or lost, and nothing with it: everything lies inside a verified backup of the
    /// relay, as far as the relay has told. Known without any network.
    public var isSafeToWipe: Bool { outsideBackup == 0 && pending == 0 && drafts == 0 && damaged == 0 }

    /// Changes that `canvass doctor` took out of the log.
    public var damaged: Int { quarantine.filter { !$0.isVoid }.reduce(0) { $0 + $1.count } }
}

extension ReplicaStatus.Quarantine {
    init(_ changes: QuarantinedChanges) {
        count = changes.count
        isVoid = changes.isVoid
        why = changes.isVoid ? VoidChanges(reason: changes.reason, count: changes.count).why : changes.reason
    }
}

extension Replica {
    public func status() throws(CanvassError) -> ReplicaStatus {
        var status = try statusOfFile()
        let waiting = try read { connection in try connection.waitingChanges() }
        status.waiting = waiting.map { description(of: $0, scopes: status.scopes) }
        return status
    }

    private func statusOfFile() throws(CanvassError) -> ReplicaStatus {
        try read { connection in
            let members = try connection.members()
            let scopes = try connection.scopeStatuses(members: members)
            return ReplicaStatus(
                path: path, replica: id, device: device, relay: try connection.metaText(.relay),
                members: members.filter(\.isOwn), scopes: scopes,
                responses: try connection.count(
                    "SELECT count(*) FROM entity WHERE is_alive AND kind = (SELECT id FROM term WHERE text = 'response')"
                ),
                conflicts: try connection.cellsInConflict().count,
                drafts: try connection.count("SELECT count(*) FROM draft"),
                unknownOperations: try connection.count(
                    "SELECT total(unknown_operations) FROM entity WHERE unknown_operations > 0"),
                provisional: try connection.provisionalCount(), pending: try connection.pendingCount(), waiting: [],
                forgotten: try connection.forgottenCounts(members: members),
                hasBackup: try connection.metaInteger(.backup) != nil,
                newer: ReplicaStatus.Newer(try connection.newerCount()),
                void: VoidChanges.counted(try connection.ownVoidChanges()),
                quarantine: try connection.quarantinedChanges().map(ReplicaStatus.Quarantine.init),
                openErasures: try connection.erasureStatuses().count { !$0.isDone },
                hasRemains: try connection.metaInteger(.remains) != nil, forks: try connection.forks(),
                lastSyncMilliseconds: try connection.metaInteger(.lastSync),
                clockOffsetMilliseconds: try connection.lastClockOffset())
        }
    }
}

extension Connection {
    fileprivate mutating func scopeStatuses(members: [Member]) throws -> [ReplicaStatus.Scope] {
        var statement = try cached(
            """
            SELECT scope.scope, scope.digest, (SELECT count(*) FROM change WHERE change.scope = scope.id), scope.id,
                (SELECT name FROM team WHERE id = scope.owner)
            FROM scope ORDER BY scope.scope
            """)
        defer { statement.reset() }
        let campaigns = try campaigns()
        let outside = try changesOutsideBackup()
        var scopes: [ReplicaStatus.Scope] = []
        while try statement.step() {
            let scope = try ScopeID(bytes: statement.bytes(at: 0))
            let owner: String? =
                switch scope.kind {
                case .roster: "organisation"
                case .design, .office: campaigns.first { $0.id == scope.id }?.name
                case .team: statement.isNull(at: 4) ? nil : statement.text(at: 4)
                case .responses: members.first { $0.id == scope.id }?.name
                }
            scopes.append(
                ReplicaStatus.Scope(
                    id: scope, owner: owner, changes: Int(statement.int64(at: 2)),
                    unsynced: try unsyncedChanges(inScope: statement.int64(at: 3)),
                    outsideBackup: outside[scope] ?? 0,
                    digest: StateDigest(rawValue: UInt64(bitPattern: statement.int64(at: 1))),
                    vector: try vector(of: scope).fingerprint))
        }
        return scopes
    }

    /// Own changes that the relay, by its last vector, does not hold.
    private mutating func unsyncedChanges(inScope scope: Int64) throws -> Int {
        var statement = try cached(
            """
            SELECT tip.sequence - coalesce((
                    SELECT max(relay.sequence) FROM relay_tip AS relay
                        JOIN change USING (scope, replica, sequence, "check")
                    WHERE relay.scope = tip.scope AND relay.replica = tip.replica), 0),
                (SELECT count(*) FROM tip AS branch WHERE branch.scope = tip.scope AND branch.replica = tip.replica)
            FROM tip WHERE tip.scope = ?1 AND tip.is_own
            """)
        try statement.bind(scope, at: 1)
        defer { statement.reset() }
        guard try statement.step() else { return 0 }
        // On a single branch sequence numbers say it all.
        return statement.int64(at: 1) > 1 ? try unsyncedOnBranch(inScope: scope) : Int(statement.int64(at: 0))
    }

    /// The same where the replica has forked: the relay may be further along another branch, and both begin alike.
    private mutating func unsyncedOnBranch(inScope scope: Int64) throws -> Int {
        var statement = try cached(
            """
            WITH RECURSIVE
                own (scope, replica, sequence, "check") AS (
                    SELECT scope, replica, sequence, "check" FROM tip WHERE scope = ?1 AND is_own
                    UNION
                    SELECT scope, replica, sequence - 1, previous FROM own
                        JOIN change USING (scope, replica, sequence, "check") WHERE sequence > 1),
                held (scope, replica, sequence, "check") AS (
                    SELECT scope, replica, sequence, "check" FROM relay_tip
                    WHERE scope = ?1 AND replica = (SELECT replica FROM tip WHERE scope = ?1 AND is_own)
                    UNION
                    SELECT scope, replica, sequence - 1, previous FROM held
                        JOIN change USING (scope, replica, sequence, "check") WHERE sequence > 1)
            SELECT count(*) FROM (SELECT * FROM own EXCEPT SELECT * FROM held)
            """)
        try statement.bind(scope, at: 1)
        defer { statement.reset() }
        return try statement.step() ? Int(statement.int64(at: 0)) : 0
    }

    mutating func count(_ sql: StaticString) throws -> Int {
        var statement = try cached(sql)
        defer { statement.reset() }
        return try statement.step() ? Int(statement.int64(at: 0)) : 0
    }

    fileprivate mutating func forgottenCounts(members: [Member]) throws -> [ScopeCount] {
        var statement = try cached("SELECT scope, changes FROM forgotten ORDER BY scope")
        defer { statement.reset() }
        var counts: [ScopeCount] = []
        while try statement.step() {
            let scope = try ScopeID(bytes: statement.bytes(at: 0))
            let owner = members.first { $0.id == scope.id }?.name ?? scope.id.description
            counts.append(
                ScopeCount(scope: scope, name: "responses of \(owner)", changes: Int(statement.int64(at: 1))))
        }
        return counts
    }

    fileprivate mutating func lastClockOffset() throws -> Int64? {
        var statement = try cached("SELECT offset FROM clock ORDER BY position DESC LIMIT 1")
        defer { statement.reset() }
        return try statement.step() ? statement.int64(at: 0) : nil
    }
}

extension ReplicaStatus.Newer {
    fileprivate init(_ count: NewerCount) {
        self.init(
            changes: count.changes, withOperations: count.operations, withKinds: count.kinds, withValues: count.values)
    }
}

extension VersionVector {
    /// Sixteen hexadecimal digits that differ where vectors differ.
    var fingerprint: String {
        var writer = CBORWriter(reservingCapacity: 64)
        encode(to: &writer)
        return StateDigest(rawValue: SipHash.hash(writer.bytes)).description
    }
}
