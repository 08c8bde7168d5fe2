import CanvassCRDT
import CanvassCoding
import CanvassSQLite

extension Relay {
    /// Whether anybody has joined as an admin and not been revoked since.
    package func hasAdmin() throws -> Bool {
        try database.read { connection in
            try connection.members(of: nil).contains { $0.revoked == nil && $0.membership.roles.contains(.admin) }
        }
    }

    /// Where devices reach the relay, for links.
    package func setPublicURL(_ url: String) throws {
        try database.write { connection in try connection.setMeta(.publicURL, .text(url)) }
    }

    /// An invite for an admin, where there is neither an admin nor an invite that makes one: at the first start, and at
    /// later ones until a link that works has been handed out.
    package func inviteFirstAdmin() throws -> IssuedInvite? {
        guard try !hasAdmin(), try !database.read({ try $0.isAdminInvited(at: environment.now()) }) else { return nil }
        return try invite(InviteOrder(roles: [Role.admin.rawValue]))
    }

    /// Stores an invite. Works beside a running relay.
    ///
    /// - Throws: `RelayFailure` when the order does not add up or names what is not there.
    package func invite(_ order: InviteOrder) throws -> IssuedInvite {
        try database.write { connection in try issue(order, in: &connection) }
    }

    func issue(_ order: InviteOrder, in connection: inout LogConnection) throws -> IssuedInvite {
        guard let url = try order.publicURL ?? connection.publicURL() else {
            throw RelayFailure("nobody knows yet where this relay is reached", remedy: "add --public-url URL")
        }
        let secret = Base32.encode(environment.randomBytes(16))
        let isNewTeam = try createTeamIfNeeded(order, in: &connection)
        let invite = try resolve(order, in: &connection)
        try connection.insert(
            invite, secretHash: SecretHash.of(secret), concerning: isNewTeam ? invite.campaign : nil, as: identity,
            at: environment.now())
        return IssuedInvite(
            link: "\(url)/join#\(secret)", roles: invite.roles.sorted().map(\.rawValue), expires: invite.expires,
            uses: invite.uses)
    }

    private func resolve(_ order: InviteOrder, in connection: inout LogConnection) throws -> Invite {
        let (expires, overflow) = environment.now().addingReportingOverflow(order.validMilliseconds)
        guard order.uses > 0, order.validMilliseconds > 0, !overflow else {
            throw RelayFailure(
                "an invite has at least one use and some time", remedy: "check --uses and --expires", isUsage: true)
        }
        var generator = environment
        let id = EntityID(milliseconds: environment.now(), using: &generator)
        if let text = order.member {
            let member = try member(text, order, in: &connection)
            return Invite(
                id: id, campaign: member.membership.campaign, roles: member.membership.roles,
                team: member.membership.team, name: member.name, language: nil, member: member.membership.member,
                uses: order.uses, expires: expires)
        }
        let roles = try InviteOrder.roles(of: order)
        let campaign = try order.campaign.map { try connection.campaign(named: $0) }
        let team = try campaign.flatMap { campaign in
            try order.team.flatMap { try connection.team(named: $0, in: campaign) }
        }
        return Invite(
            id: id, campaign: campaign, roles: roles, team: team, name: order.name, language: order.language,
            member: nil, uses: order.uses, expires: expires)
    }

    private func member(_ text: String, _ order: InviteOrder, in connection: inout LogConnection) throws -> Member {
        guard order.roles.isEmpty, order.campaign == nil, order.team == nil, order.name == nil else {
            throw RelayFailure(
                "a member has a campaign, roles, a team and a name already",
                remedy: "give --member without --campaign, --role, --team and --name", isUsage: true)
        }
        let id = try RosterIDs(&connection).onlyMember(text).id
        guard let member = try connection.member(id) else { throw DamagedLog(what: "member \(id) is missing") }
        return member
    }

    /// - Returns: whether the team of the order was made.
    private func createTeamIfNeeded(_ order: InviteOrder, in connection: inout LogConnection) throws -> Bool {
        guard let name = order.team, let campaignName = order.campaign else { return false }
        let campaign = try connection.campaign(named: campaignName)
        guard try connection.team(named: name, in: campaign) == nil else { return false }
        var generator = environment
        let now = environment.now()
        try connection.saveTeam(
            EntityID(milliseconds: now, using: &generator), campaign: campaign, name: name, stamp: now)
        return true
    }
}

extension InviteOrder {
    /// - Throws: where the roles do not go with the rest of the order.
    static func roles(of order: InviteOrder) throws(RelayFailure) -> Set<Role> {
        var roles: Set<Role> = []
        for name in order.roles {
            guard let role = Role(rawValue: name) else {
                let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
                throw RelayFailure("there is no role \(name)", remedy: "choose among \(known)", isUsage: true)
            }
            roles.insert(role)
        }
        guard !roles.isEmpty else {
            throw RelayFailure("an invite needs a role", remedy: "add --role ROLE", isUsage: true)
        }
        if roles.contains(.admin) {
            guard roles == [.admin], order.campaign == nil, order.team == nil else {
                throw RelayFailure(
                    "an admin belongs to the organisation, not to a campaign",
                    remedy: "leave out --campaign, --team and other roles", isUsage: true)
            }
        } else if order.campaign == nil {
            throw RelayFailure("these roles are held in a campaign", remedy: "add --campaign NAME", isUsage: true)
        }
        if roles.contains(.supervisor), order.team == nil {
            throw RelayFailure("a supervisor has a team", remedy: "add --team NAME", isUsage: true)
        }
        return roles
    }
}

extension LogConnection {
    /// Where devices reach the relay, as `serve` wrote it down.
    fileprivate mutating func publicURL() throws -> String? {
        guard case .text(let url) = try meta(.publicURL) else { return nil }
        return url
    }

    /// A campaign by its name or its id.
    ///
    /// - Throws: `RelayFailure` unless exactly one fits.
    mutating func campaign(named text: String) throws -> EntityID {
        var statement = try cached("SELECT id, name FROM campaign ORDER BY id")
        var fitting: [EntityID] = []
        var names: [String] = []
        while try statement.step() {
            let (id, name) = (try statement.id(at: 0), statement.text(at: 1))
            names.append(name.isEmpty ? id.description : name)
            if name.hasSameBytes(as: text) || id.description == text { fitting.append(id) }
        }
        if let only = fitting.first, fitting.count == 1 { return only }
        if names.isEmpty {
            throw RelayFailure(
                "there is no campaign yet",
                remedy: "create one as an admin with `canvass campaign create`, then `canvass sync`")
        }
        guard fitting.isEmpty else {
            throw RelayFailure(
                "\(fitting.count) campaigns are called \(text)",
                remedy: "give an id: \(fitting.map(\.description).joined(separator: ", "))")
        }
        throw RelayFailure(
            "there is no campaign called \(text)", remedy: "choose among: \(names.joined(separator: ", "))")
    }

    /// A team of a campaign by its name or its id; of several with one name the first that was made.
    mutating func team(named text: String, in campaign: EntityID) throws -> EntityID? {
        var statement = try cached("SELECT id, name FROM team WHERE campaign = ?1 ORDER BY id")
        try statement.bind(campaign.bytes, at: 1)
        while try statement.step() {
            let id = try statement.id(at: 0)
            if statement.text(at: 1).hasSameBytes(as: text) || id.description == text { return id }
        }
        return nil
    }
}
