import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// What one transaction has looked up, so that a page of a thousand changes does not ask a thousand times, and the
/// digests that `flush` writes back at its end.
struct Workspace {
    /// Whether a change without a body is taken before its mark, as from the replica's own log, where the mark may stand
    /// behind it.
    var trustsDroppedBodies = false
    private var scopes: [ScopeID: ScopeState] = [:]
    private var replicas: [ReplicaID: Int64] = [:]
    private var terms: [[UInt8]: Int64] = [:]

    /// One scope as the transaction sees it.
    struct ScopeState {
        let id: ScopeID
        let row: Int64
        var vector = VersionVector()
        var digest: StateDigest
        /// The last change of each branch, by its dot.
        var links: [Dot: ChainLink] = [:]
        var ownTip: Dot?
        var isChanged = false
        /// Whether any change of the scope is marked, held or not.
        var hasMarks = false
        /// The hashes of what was erased in the scope.
        var erased: Set<SHA256.Digest> = []
    }

    /// Where a change stands on its chain: what the change after it needs to know.
    struct ChainLink {
        var hash: ChainHash
        var context: VersionVector
        /// The position of the change that wrote `context` down; 0 while it is empty.
        var contextAt: Int64
    }

    /// The row of a replica's id, made where there is none.
    mutating func row(of replica: ReplicaID, in connection: inout Connection) throws -> Int64 {
        if let row = replicas[replica] { return row }
        let row = try connection.intern(
            .blob(replica.bytes), select: "SELECT id FROM replica WHERE replica = ?1",
            insert: "INSERT INTO replica (replica) VALUES (?1)")
        replicas[replica] = row
        return row
    }

    /// The row of a kind or another interned word, made where there is none. Keyed by bytes: two spellings that Unicode
    /// calls equivalent are two terms.
    mutating func row(ofTerm term: String, in connection: inout Connection) throws -> Int64 {
        let key = Array(term.utf8)
        if let row = terms[key] { return row }
        let row = try connection.intern(
            .text(term), select: "SELECT id FROM term WHERE text = ?1", insert: "INSERT INTO term (text) VALUES (?1)")
        terms[key] = row
        return row
    }

    /// Lends the state of a scope, read at its first use; the scope is made where there is none.
    mutating func withScope<T>(
        _ scope: ScopeID, in connection: inout Connection,
        _ body: (inout ScopeState, inout Workspace, inout Connection) throws -> T
    ) throws -> T {
        var state = try scopes.removeValue(forKey: scope) ?? Workspace.read(scope, &connection)
        defer { scopes[scope] = state }
        return try body(&state, &self, &connection)
    }

    /// Writes the digests back. Call it once, at the end of the transaction.
    mutating func flush(_ connection: inout Connection) throws {
        for (scope, state) in scopes where state.isChanged {
            try connection.run(
                "UPDATE scope SET digest = ?2, is_reported = 0 WHERE id = ?1", .integer(state.row),
                .integer(Int64(bitPattern: state.digest.rawValue)))
            scopes[scope]?.isChanged = false
        }
    }

    private static func read(_ scope: ScopeID, _ connection: inout Connection) throws -> ScopeState {
        var state = try connection.scopeState(scope)
        var tips = try connection.cached(
            """
            SELECT replica.replica, tip.sequence, tip."check", tip.is_own, change.hash, at.context, change.context_at
            FROM tip JOIN replica ON replica.id = tip.replica JOIN change ON change.position = tip.position
                LEFT JOIN change AS at ON at.position = change.context_at
            WHERE tip.scope = ?1
            """)
        try tips.bind(state.row, at: 1)
        state.hasMarks = try connection.hasMarks(inScope: state.row)
        state.erased = try connection.erasedHashes(inScope: state.row)
        while try tips.step() {
            let dot = try tips.dot(at: 0)
            state.vector[dot.replica].append(.init(sequence: dot.sequence, check: dot.check))
            if tips.int64(at: 3) != 0 { state.ownTip = dot }
            state.links[dot] = ChainLink(
                hash: try ChainHash(bytes: tips.bytes(at: 4)),
                context: try VersionVector(stored: tips.bytes(at: 5)), contextAt: tips.int64(at: 6))
        }
        return state
    }
}

extension Connection {
    /// The row and digest of a scope, made where there is none.
    fileprivate mutating func scopeState(_ scope: ScopeID) throws -> Workspace.ScopeState {
        var statement = try cached("SELECT id, digest FROM scope WHERE scope = ?1")
        try statement.bind(scope.bytes, at: 1)
        if try statement.step() {
            return Workspace.ScopeState(
                id: scope, row: statement.int64(at: 0),
                digest: StateDigest(rawValue: UInt64(bitPattern: statement.int64(at: 1))))
        }
        try run(
            "INSERT INTO scope (scope, kind, owner) VALUES (?1, ?2, ?3)", .blob(scope.bytes), .text(scope.kind.name),
            .blob(scope.id.bytes))
        return Workspace.ScopeState(id: scope, row: lastInsertRowID, digest: StateDigest())
    }

    /// The row that holds `value`, inserted where there is none. Looking first keeps the common case a read.
    fileprivate mutating func intern(
        _ value: SQLiteValue, select: StaticString, insert: StaticString
    ) throws -> Int64 {
        var statement = try cached(select)
        try statement.bind([value])
        if try statement.step() { return statement.int64(at: 0) }
        try run(insert, value)
        return lastInsertRowID
    }
}
