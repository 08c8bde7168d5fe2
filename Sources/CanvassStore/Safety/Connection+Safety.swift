package import CanvassCRDT
import CanvassCoding
package import CanvassSQLite

/// What of a replica lies inside a verified backup of the relay: that alone is safe when the device is lost.
extension Connection {
    /// Takes the position that the relay's last verified backup holds, and forgets which older vectors it told.
    mutating func noteBackup(upTo position: UInt64?) throws {
        let backup = position.map { Int64(clamping: $0) }
        guard try metaInteger(.backup) != backup else { return }
        try setMeta(.backup, backup.map { .integer($0) } ?? .null)
        guard let backup else { return }
        try run(
            """
            DELETE FROM told WHERE position < (
                SELECT max(position) FROM told AS later WHERE later.scope = told.scope AND later.position <= ?1)
            """, .integer(backup))
    }

    /// How many changes of each scope are not known to lie inside a backup of the relay; scopes without any are left out.
    package mutating func changesOutsideBackup() throws -> [ScopeID: Int] {
        var statement = try cached(
            """
            SELECT scope.id, scope.scope, replica.id, replica.replica, tip.sequence, tip."check"
            FROM tip JOIN scope ON scope.id = tip.scope JOIN replica ON replica.id = tip.replica ORDER BY scope.id
            """)
        defer { statement.reset() }
        var outside: [ScopeID: Int] = [:]
        var safe: (scope: Int64, vector: VersionVector) = (0, VersionVector())
        while try statement.step() {
            let branch = HeldBranch(
                scopeRow: statement.int64(at: 0), scope: try ScopeID(bytes: statement.bytes(at: 1)),
                replicaRow: statement.int64(at: 2), replica: try ReplicaID(bytes: statement.bytes(at: 3)),
                tip: try statement.tip(at: 4), isOwn: false)
            if safe.scope != branch.scopeRow { safe = (branch.scopeRow, try vectorInBackup(of: branch.scope)) }
            let end = try newestCommon(of: branch, with: safe.vector[branch.replica])
            if end.sequence < branch.tip.sequence {
                outside[branch.scope, default: 0] += Int(clamping: branch.tip.sequence - end.sequence)
            }
        }
        return outside
    }

    /// The newest vector that the relay told of a scope at a position which its backup holds.
    private mutating func vectorInBackup(of scope: ScopeID) throws -> VersionVector {
        guard let backup = try metaInteger(.backup) else { return VersionVector() }
        var statement = try cached(
            "SELECT vector FROM told WHERE scope = ?1 AND position <= ?2 ORDER BY position DESC LIMIT 1")
        try statement.bind(scope.bytes, at: 1)
        try statement.bind(backup, at: 2)
        defer { statement.reset() }
        return try statement.step() ? try VersionVector(stored: statement.bytes(at: 0)) : VersionVector()
    }

    /// The scopes that were dropped and that a sync leaves out.
    package mutating func forgottenScopes() throws -> Set<ScopeID> {
        var statement = try cached("SELECT scope FROM forgotten")
        defer { statement.reset() }
        var scopes: Set<ScopeID> = []
        while try statement.step() { scopes.insert(try ScopeID(bytes: statement.bytes(at: 0))) }
        return scopes
    }

    /// The identity that this replica writes with now.
    mutating func identity() throws -> ReplicaID {
        guard let bytes = try metaBytes(.replica) else { throw StoreError.damaged("the identity of the replica") }
        return try ReplicaID(bytes: bytes)
    }
}
