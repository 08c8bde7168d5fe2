import CanvassCRDT
import CanvassSQLite
import CanvassWire

extension LogConnection {
    /// The position of the last entry that changed what a caller may see of the roster.
    mutating func rosterPosition(of caller: Caller) throws -> Int64 {
        if caller.isAdmin { return try metaInteger(.rosterPosition) }
        var latest: Int64 = 0
        for campaign in Set(caller.memberships.compactMap(\.campaign)) {
            var statement = try cached("SELECT roster_position FROM campaign WHERE id = ?1")
            try statement.bind(campaign.bytes, at: 1)
            if try statement.step() { latest = max(latest, statement.int64(at: 0)) }
        }
        return latest
    }

    /// What a caller may know of the organisation.
    mutating func roster(of caller: Caller, as identity: RelayIdentity, at milliseconds: Int64) throws -> Roster {
        var roster = Roster(
            position: UInt64(clamping: try rosterPosition(of: caller)), organisation: identity.organisation,
            own: caller.memberships.map(\.member), scopes: try readableScopes(of: caller).map(\.owner), people: [],
            teams: [], certificate: try certificate(of: caller.device, as: identity, at: milliseconds))
        for campaign in try campaigns(of: caller) {
            roster.people += try people(of: campaign)
            roster.teams += try teams(of: campaign)
        }
        return roster
    }

    /// The scopes that a caller may read, in the order in which they were made.
    mutating func readableScopes(of caller: Caller) throws -> [HeldScope] {
        var scopes: [HeldScope] = []
        if caller.readsOthers {
            for campaign in try campaigns(of: caller) { scopes += try self.scopes(of: campaign) }
        } else {
            for id in Set(caller.memberships.flatMap(\.nearScopes)) {
                if let scope = try scope(id) { scopes.append(scope) }
            }
        }
        return scopes.filter { caller.permission(for: $0.owner).read }.sorted { $0.number < $1.number }
    }

    /// The campaigns that a caller belongs to; all, and nil for what belongs to none, for an admin.
    private mutating func campaigns(of caller: Caller) throws -> [EntityID?] {
        guard caller.isAdmin else { return Set(caller.memberships.compactMap(\.campaign)).sorted() }
        var campaigns: [EntityID?] = [nil]
        var statement = try cached("SELECT id FROM campaign ORDER BY id")
        while try statement.step() { campaigns.append(try statement.id(at: 0)) }
        return campaigns
    }

    private mutating func people(of campaign: EntityID?) throws -> [Roster.Person] {
        var devices: [EntityID: [EntityID]] = [:]
        var statement = try cached(
            """
            SELECT member, device FROM device_member JOIN member ON member.id = member
            WHERE campaign = ?1 OR campaign IS NULL AND ?1 IS NULL ORDER BY device
            """)
        try statement.bind(campaign?.bytes, at: 1)
        while try statement.step() { devices[try statement.id(at: 0), default: []].append(try statement.id(at: 1)) }
        return try members(of: campaign).map { member in
            // Whoever was revoked keeps a name beside what they wrote, and no role.
            var membership = member.membership
            if member.revoked != nil { membership.roles = [] }
            return Roster.Person(
                membership: membership, name: member.name, language: member.language,
                devices: devices[membership.member] ?? [])
        }
    }

    private mutating func teams(of campaign: EntityID?) throws -> [Roster.Team] {
        var statement = try cached("SELECT id, name FROM team WHERE campaign = ?1 ORDER BY id")
        try statement.bind(campaign?.bytes, at: 1)
        var teams: [Roster.Team] = []
        while try statement.step() {
            teams.append(Roster.Team(id: try statement.id(at: 0), name: statement.text(at: 1)))
        }
        return teams
    }
}

extension Membership {
    /// The scopes of the campaign itself, of the own team and of the member.
    fileprivate var nearScopes: [ScopeID] {
        let ofCampaign = campaign.map { [ScopeID(.design, $0), ScopeID(.office, $0)] } ?? []
        return ofCampaign + [team.map { ScopeID(.team, $0) }, ScopeID(.responses, member)].compactMap(\.self)
    }
}
