package import CanvassCRDT
import CanvassCoding
package import CanvassSQLite

/// Marks, erasures, and what becomes of the bodies of void changes.
extension Connection {
    mutating func hasMarks(inScope scope: Int64) throws -> Bool {
        var statement = try cached("SELECT 1 FROM mark WHERE scope = ?1 LIMIT 1")
        try statement.bind(scope, at: 1)
        defer { statement.reset() }
        return try statement.step()
    }

    /// The reasons of the marks on a change, held or not; none where it is not marked.
    mutating func marks(on dot: Dot, scope: Int64, replica: Int64) throws -> [String] {
        var statement = try cached(
            """
            SELECT reason FROM mark WHERE scope = ?1 AND replica = ?2 AND sequence = ?3 AND "check" = ?4
            ORDER BY reason
            """)
        try statement.bind(scope: scope, replica: replica, dot)
        defer { statement.reset() }
        var reasons: [String] = []
        while try statement.step() { reasons.append(statement.text(at: 0)) }
        return reasons
    }

    mutating func insertMark(on dot: Dot, reason: String, scope: Int64, replica: Int64) throws {
        var statement = try cached(
            "INSERT OR IGNORE INTO mark (scope, replica, sequence, \"check\", reason) VALUES (?1, ?2, ?3, ?4, ?5)")
        try statement.bind(scope: scope, replica: replica, dot)
        try statement.bind(reason, at: 5)
        try statement.run()
    }

    /// The hashes of what was erased in a scope.
    mutating func erasedHashes(inScope scope: Int64) throws -> Set<SHA256.Digest> {
        var statement = try cached("SELECT DISTINCT hash FROM erasure WHERE scope = ?1")
        try statement.bind(scope, at: 1)
        defer { statement.reset() }
        var hashes: Set<SHA256.Digest> = []
        while try statement.step() {
            guard let hash = SHA256.Digest(bytes: statement.bytes(at: 0)) else {
                throw StoreError.damaged("an erasure: its hash has another length")
            }
            hashes.insert(hash)
        }
        return hashes
    }

    /// Whether what has this id was erased: in a scope or by an order in the roster, which counts everywhere; without a
    /// scope, in any.
    package mutating func isErased(_ id: EntityID, in scope: ScopeID? = nil) throws -> Bool {
        var statement = try cached(
            """
            SELECT 1 FROM erasure
            WHERE hash = ?1 AND (?2 IS NULL OR scope IN (
                SELECT id FROM scope WHERE scope = ?2 OR kind = 'roster')) LIMIT 1
            """)
        try statement.bind(Erasure.hash(of: id).bytes, at: 1)
        try statement.bind(scope?.bytes, at: 2)
        defer { statement.reset() }
        return try statement.step()
    }

    /// Keeps what a void change was to do, unless it is about what was erased: then nothing may be left of it.
    mutating func quarantine(_ change: Change, _ marks: [String]) throws {
        let isErased = marks.contains(MarkReason.erased.rawValue)
        guard change.body != nil, !isErased, let reason = marks.first else { return }
        try setAside(change, for: reason, isVoid: true)
    }

    /// Keeps a change that has no place in the log.
    mutating func setAside(_ change: Change, for reason: String, isVoid: Bool = false) throws {
        try run(
            """
            INSERT INTO quarantine (scope, replica, sequence, "check", previous, hash, head, body, reason, is_void)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """,
            .blob(change.scope.bytes), .blob(change.replica.bytes), .integer(Int64(bitPattern: change.sequence)),
            .integer(Int64(bitPattern: change.hash.check)), .integer(Int64(bitPattern: change.previous.check)),
            .blob(change.hash.bytes), .blob(change.head), change.body.map { .blob($0) } ?? .null, .text(reason),
            .integer(isVoid ? 1 : 0))
    }

    /// Removes what the quarantine keeps of a change that is about what was erased, damaged copies of it included.
    mutating func dropQuarantined(_ dot: Dot, in scope: ScopeID) throws {
        let name: [SQLiteValue] = [
            .blob(scope.bytes), .blob(dot.replica.bytes), .integer(Int64(bitPattern: dot.sequence)),
            .integer(Int64(bitPattern: dot.check)),
        ]
        var delete = try cached(
            """
            DELETE FROM quarantine WHERE scope = ?1 AND replica = ?2 AND sequence = ?3 AND "check" = ?4 AND is_void
            """)
        try delete.bind(name)
        try delete.run()
        var dropped = changes
        var update = try cached(
            """
            UPDATE quarantine SET body = NULL
            WHERE scope = ?1 AND replica = ?2 AND sequence = ?3 AND "check" = ?4 AND body IS NOT NULL
            """)
        try update.bind(name)
        try update.run()
        dropped += changes
        if dropped > 0 { try noteRemains() }
    }
}
