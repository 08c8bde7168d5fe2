package import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// Dropping what a backup of the relay holds.
///
/// Invariants:
/// 1. A scope is dropped whole or not at all, and only one of responses: what is left is a log without a gap.
/// 2. Nothing is dropped that is not known to lie inside a verified backup of the relay.
/// 3. Where own changes are dropped, the replica writes with a new identity from then on: it could not go on behind a
///    change that it does not hold, and a chain begun again would be a fork. That needs all own changes to be at the relay.
/// 4. A sync leaves dropped scopes out until they are asked for again.
extension ReplicaStore {
    /// The scopes that can be dropped now, with the changes in them.
    package func forgettableScopes() throws -> [ScopeID: Int] {
        try database.read { connection in try connection.forgettableScopes() }
    }

    /// Drops them.
    ///
    /// - Returns: what was dropped.
    package func forgetAcknowledged(
        clockMilliseconds: Int64, using generator: inout some RandomNumberGenerator
    ) throws -> [ScopeID: Int] {
        let identity = ReplicaID(using: &generator)
        return try database.write { connection in
            let scopes = try connection.forgettableScopes()
            var hasDroppedOwn = false
            for (scope, changes) in scopes {
                if try connection.drop(scope) { hasDroppedOwn = true }
                try connection.run(
                    "INSERT OR REPLACE INTO forgotten (scope, changes, time) VALUES (?1, ?2, ?3)", .blob(scope.bytes),
                    .integer(Int64(changes)), .integer(clockMilliseconds))
            }
            if hasDroppedOwn {
                try connection.run(
                    "INSERT OR IGNORE INTO former (replica) VALUES (?1)", .blob(try connection.identity().bytes))
                try connection.setMeta(.replica, .blob(identity.bytes))
                try connection.run("UPDATE tip SET is_own = 0 WHERE is_own")
            }
            return scopes
        }
    }

    /// Makes the next sync bring back what was dropped.
    package func recallForgotten() throws {
        try database.write { connection in
            try connection.execute(
                """
                UPDATE scope SET is_covered = 0 WHERE scope IN (SELECT scope FROM forgotten);
                DELETE FROM forgotten;
                """)
        }
    }
}

extension Connection {
    fileprivate mutating func forgettableScopes() throws -> [ScopeID: Int] {
        let outside = try changesOutsideBackup()
        let mayTakeIdentity = try !hasUnsyncedOwnChanges()
        var statement = try cached(
            """
            SELECT scope, (SELECT count(*) FROM change WHERE change.scope = scope.id) AS changes,
                EXISTS (SELECT 1 FROM tip WHERE tip.scope = scope.id AND tip.is_own)
            FROM scope WHERE kind = 'responses' AND changes > 0
                AND scope NOT IN (SELECT scope FROM pending) AND scope NOT IN (SELECT scope FROM provisional)
                AND scope NOT IN (SELECT scope FROM quarantine WHERE scope IS NOT NULL AND NOT is_void)
            """)
        defer { statement.reset() }
        var scopes: [ScopeID: Int] = [:]
        while try statement.step() {
            let scope = try ScopeID(bytes: statement.bytes(at: 0))
            guard outside[scope] == nil, mayTakeIdentity || statement.int64(at: 2) == 0 else { continue }
            scopes[scope] = Int(statement.int64(at: 1))
        }
        return scopes
    }

    private mutating func hasUnsyncedOwnChanges() throws -> Bool {
        try outstandingScopes().contains { $0.branches.contains { $0.isOwn } }
    }

    /// - Returns: whether any of its changes were this replica's own.
    fileprivate mutating func drop(_ scope: ScopeID) throws -> Bool {
        var statement = try cached(
            """
            SELECT id, EXISTS (SELECT 1 FROM tip WHERE tip.scope = scope.id AND tip.is_own) FROM scope WHERE scope = ?1
            """)
        try statement.bind(scope.bytes, at: 1)
        guard try statement.step() else { return false }
        let (row, isOwn) = (statement.int64(at: 0), statement.int64(at: 1) != 0)
        statement.reset()
        for sql in Schema.droppingScope {
            try run(sql, .integer(row))
        }
        try run("DELETE FROM seal WHERE scope = ?1", .blob(scope.bytes))
        try run("DELETE FROM told WHERE scope = ?1", .blob(scope.bytes))
        return isOwn
    }
}

extension Schema {
    /// Empties one scope, `?1`, of its log and of all that follows from it, in an order in which rows refer to later ones.
    static let droppingScope: [StaticString] = [
        "DELETE FROM version WHERE entity IN (SELECT id FROM entity WHERE scope = ?1)",
        "DELETE FROM edit WHERE entity IN (SELECT id FROM entity WHERE scope = ?1)",
        "DELETE FROM entity WHERE scope = ?1",
        "DELETE FROM newer WHERE position IN (SELECT position FROM change WHERE scope = ?1)",
        "DELETE FROM erasure WHERE scope = ?1",
        "DELETE FROM mark WHERE scope = ?1",
        "DELETE FROM tip WHERE scope = ?1",
        "DELETE FROM relay_tip WHERE scope = ?1",
        "DELETE FROM change WHERE scope = ?1",
        "UPDATE scope SET digest = 0, is_covered = 0, is_reported = 1 WHERE id = ?1",
    ]
}
