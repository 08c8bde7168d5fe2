import CanvassCRDT
import CanvassSQLite

/// A permission to enrol devices, handed out as a link.
struct Invite: Sendable {
    let id: EntityID
    /// Nil for an admin.
    let campaign: EntityID?
    let roles: Set<Role>
    let team: EntityID?
    /// The name of the person it was made for.
    let name: String?
    /// The language that person works in; what the device says wins.
    let language: String?
    /// The member whom devices act for; nil when each becomes a member of its own.
    let member: EntityID?
    /// How many devices may use it.
    let uses: Int
    /// Milliseconds since 1970.
    let expires: Int64
}

extension LogConnection {
    mutating func invite(secretHash: [UInt8]) throws -> Invite? {
        var statement = try cached(
            "SELECT id, campaign, roles, team, name, member, uses, expires, language FROM invite WHERE secret_hash = ?1"
        )
        try statement.bind(secretHash, at: 1)
        guard try statement.step() else { return nil }
        return Invite(
            id: try statement.id(at: 0), campaign: try statement.optionalID(at: 1),
            roles: Set(storedRoles: statement.text(at: 2)), team: try statement.optionalID(at: 3),
            name: statement.optionalText(at: 4), language: statement.optionalText(at: 8),
            member: try statement.optionalID(at: 5),
            uses: Int(statement.int64(at: 6)), expires: statement.int64(at: 7))
    }

    /// Stores a new invite.
    ///
    /// - Parameter campaign: the campaign that got a new team with it.
    mutating func insert(
        _ invite: Invite, secretHash: [UInt8], concerning campaign: EntityID?, as identity: RelayIdentity,
        at milliseconds: Int64
    ) throws {
        try run(
            """
            INSERT INTO invite (id, secret_hash, campaign, roles, team, name, member, uses, expires, language)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """,
            .blob(invite.id.bytes), .blob(secretHash), invite.campaign.sqliteValue, .text(invite.roles.stored),
            invite.team.sqliteValue, invite.name.map { .text($0) } ?? .null, invite.member.sqliteValue,
            .integer(Int64(invite.uses)), .integer(invite.expires), invite.language.map { .text($0) } ?? .null)
        let known = try invite.team.flatMap { try teamName($0) }
        try record(
            [RosterEdit.invite(invite, secretHash: secretHash, teamName: known)],
            concerning: Set([campaign].compactMap(\.self)),
            as: identity, at: milliseconds)
    }

    mutating func teamName(_ id: EntityID) throws -> String? {
        var statement = try cached("SELECT name FROM team WHERE id = ?1")
        try statement.bind(id.bytes, at: 1)
        return try statement.step() ? statement.text(at: 0) : nil
    }

    /// Whether somebody could still become an admin with an invite.
    mutating func isAdminInvited(at milliseconds: Int64) throws -> Bool {
        var statement = try cached(
            """
            SELECT invite.roles FROM invite LEFT JOIN member ON member.id = invite.member
            WHERE expires > ?1 AND member.revoked IS NULL
                AND uses > (SELECT count(*) FROM invite_use WHERE invite_use.invite = invite.id)
            """)
        try statement.bind(milliseconds, at: 1)
        while try statement.step() {
            if Set(storedRoles: statement.text(at: 0)).contains(.admin) { return true }
        }
        return false
    }

    mutating func isInvite(_ id: EntityID) throws -> Bool {
        var statement = try cached("SELECT 1 FROM invite WHERE id = ?1")
        try statement.bind(id.bytes, at: 1)
        return try statement.step()
    }

    mutating func useCount(of invite: EntityID) throws -> Int {
        var statement = try cached("SELECT count(*) FROM invite_use WHERE invite = ?1")
        try statement.bind(invite.bytes, at: 1)
        return try statement.step() ? Int(statement.int64(at: 0)) : 0
    }

    /// The member that a device became with an invite; nil when it has not used it.
    mutating func member(of device: EntityID, by invite: EntityID) throws -> EntityID? {
        var statement = try cached("SELECT member FROM invite_use WHERE invite = ?1 AND device = ?2")
        try statement.bind(invite.bytes, at: 1)
        try statement.bind(device.bytes, at: 2)
        return try statement.step() ? try statement.id(at: 0) : nil
    }
}

extension EntityID? {
    var sqliteValue: SQLiteValue { map { .blob($0.bytes) } ?? .null }
}
