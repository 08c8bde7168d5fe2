import CanvassCRDT
import CanvassSQLite

/// A scope that the relay holds, by the number that its rows carry.
struct HeldScope {
    let number: Int64
    let owner: ScopeOwner
    /// Position of the last segment; 0 while it has none.
    let latest: Int64

    var id: ScopeID { owner.scope }
}

extension LogConnection {
    /// A responses scope belongs to the team that its member is in now.
    mutating func scope(_ id: ScopeID) throws -> HeldScope? {
        if let known = memory.scope(id) { return known }
        var statement = try cached(
            """
            SELECT number, scope.id, scope.campaign, coalesce(scope.team, member.team), latest
            FROM scope LEFT JOIN member ON member.id = scope.member WHERE scope.id = ?1
            """)
        try statement.bind(id.bytes, at: 1)
        return try remembered(&statement)
    }

    mutating func scope(number: Int64) throws -> HeldScope? {
        if let known = memory.scope(number: number) { return known }
        var statement = try cached(
            """
            SELECT number, scope.id, scope.campaign, coalesce(scope.team, member.team), latest
            FROM scope LEFT JOIN member ON member.id = scope.member WHERE number = ?1
            """)
        try statement.bind(number, at: 1)
        return try remembered(&statement)
    }

    private mutating func remembered(_ statement: inout LogStatement) throws -> HeldScope? {
        guard try statement.step() else { return nil }
        let scope = try heldScope(in: statement)
        memory.remember(scope)
        return scope
    }

    /// The scopes of one campaign; the roster's where `campaign` is nil.
    mutating func scopes(of campaign: EntityID?) throws -> [HeldScope] {
        var statement = try cached(
            """
            SELECT number, scope.id, scope.campaign, coalesce(scope.team, member.team), latest
            FROM scope LEFT JOIN member ON member.id = scope.member
            WHERE scope.campaign = ?1 OR scope.campaign IS NULL AND ?1 IS NULL ORDER BY number
            """)
        try statement.bind(campaign?.bytes, at: 1)
        var scopes: [HeldScope] = []
        while try statement.step() { scopes.append(try heldScope(in: statement)) }
        return scopes
    }

    private func heldScope(in row: borrowing LogStatement) throws -> HeldScope {
        let id = row.bytes(at: 1)
        let campaign = try row.optionalID(at: 2)
        let team = try row.optionalID(at: 3)
        let scope = try stored("a scope") { try ScopeID(bytes: id) }
        return HeldScope(
            number: row.int64(at: 0), owner: ScopeOwner(scope: scope, campaign: campaign, team: team),
            latest: row.int64(at: 4))
    }

    /// Makes room for a scope; one that is there stays as it is.
    mutating func createScope(_ id: ScopeID, campaign: EntityID?) throws {
        try run(
            "INSERT INTO scope (id, campaign, team, member) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            .blob(id.bytes),
            campaign.map { .blob($0.bytes) } ?? .null, id.kind == .team ? .blob(id.id.bytes) : .null,
            id.kind == .responses ? .blob(id.id.bytes) : .null)
    }
}

extension LogStatement {
    func id(at index: Int) throws -> EntityID {
        let bytes = bytes(at: index)
        return try stored("an id") { try EntityID(bytes: bytes) }
    }

    func optionalID(at index: Int) throws -> EntityID? {
        isNull(at: index) ? nil : try id(at: index)
    }

    /// A sequence number; 0 stands before the first change.
    func sequence(at index: Int) throws(DamagedLog) -> UInt64 {
        guard let sequence = UInt64(exactly: int64(at: index)) else {
            throw DamagedLog(what: "sequence number \(int64(at: index))")
        }
        return sequence
    }

    func optionalText(at index: Int) -> String? {
        isNull(at: index) ? nil : text(at: index)
    }

    func optionalInteger(at index: Int) -> Int64? {
        isNull(at: index) ? nil : int64(at: index)
    }
}
