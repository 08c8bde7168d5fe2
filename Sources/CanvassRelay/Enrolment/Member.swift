import CanvassCRDT
import CanvassSQLite

/// A row of `member`.
struct Member: Sendable {
    var membership: Membership
    var name: String
    var language: String?
    /// When the member was revoked, milliseconds since 1970.
    var revoked: Int64?
}

extension LogConnection {
    mutating func member(_ id: EntityID) throws -> Member? {
        var statement = try cached(
            "SELECT id, campaign, roles, team, name, language, revoked FROM member WHERE id = ?1")
        try statement.bind(id.bytes, at: 1)
        return try statement.step() ? try statement.member() : nil
    }

    /// The members of a campaign, the admins where it is nil, in the order of their ids.
    mutating func members(of campaign: EntityID?) throws -> [Member] {
        var statement = try cached(
            """
            SELECT id, campaign, roles, team, name, language, revoked FROM member
            WHERE campaign = ?1 OR campaign IS NULL AND ?1 IS NULL ORDER BY id
            """)
        try statement.bind(campaign?.bytes, at: 1)
        var members: [Member] = []
        while try statement.step() { members.append(try statement.member()) }
        return members
    }

    /// Writes a member down, new or changed, with the scope for what they collect.
    mutating func save(_ member: Member) throws {
        let membership = member.membership
        try run(
            """
            INSERT INTO member (id, campaign, roles, team, name, language, revoked)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (id) DO UPDATE SET roles = excluded.roles, team = excluded.team, revoked = excluded.revoked
            """,
            .blob(membership.member.bytes), membership.campaign.sqliteValue, .text(membership.roles.stored),
            membership.team.sqliteValue, .text(member.name), member.language.map { .text($0) } ?? .null,
            member.revoked.map { .integer($0) } ?? .null)
        // What a member collects belongs to the team that they are in.
        memory.forgetScopes()
        if membership.roles.contains(.collector) {
            try createScope(ScopeID(.responses, membership.member), campaign: membership.campaign)
        }
    }
}

extension LogStatement {
    /// Reads the columns id, campaign, roles, team, name, language and revoked.
    func member() throws -> Member {
        Member(
            membership: try membership(from: 0), name: text(at: 4), language: optionalText(at: 5),
            revoked: optionalInteger(at: 6))
    }
}
