import CanvassCRDT
import CanvassSQLite

/// A link for one person of a list.
package struct PersonalInvite: Sendable {
    package let person: InvitedPerson
    package let invite: IssuedInvite
    /// The campaign's name, or its id while it has none; nil for an admin.
    package let campaign: String?
}

/// What became of a list of people.
package struct PeopleInvitation: Sendable {
    /// In the order of the list.
    package let issued: [PersonalInvite]
    /// Those who have joined, or have a link that still works.
    package let passedOver: [InvitedPerson]
}

extension Relay {
    /// Makes a link for each person of a list, or none at all.
    ///
    /// A person is known by name and campaign: whoever has joined, or has a link that still works, gets no second one, so
    /// that a list can be used again when it has grown.
    ///
    /// - Parameters:
    ///   - common: expiry and address of all links.
    ///   - isRepeating: whether people get a link who have one: then the former one ends. Who has joined gets one for one
    ///     more device of the same member.
    ///   - prepare: does what has to succeed before the links are stored.
    /// - Throws: `PeopleProblems`, or `RelayFailure`; nothing was stored then.
    package func invite(
        _ people: [InvitedPerson], common: InviteOrder, isRepeating: Bool,
        prepare: (PeopleInvitation) throws -> Void
    ) throws -> PeopleInvitation {
        try database.write { connection in
            var issued: [PersonalInvite] = []
            var passedOver: [InvitedPerson] = []
            var problems: [PeopleProblem] = []
            for person in people {
                do {
                    if let invite = try invite(person, common, isRepeating: isRepeating, in: &connection) {
                        issued.append(invite)
                    } else {
                        passedOver.append(person)
                    }
                } catch let problem as PeopleProblem {
                    problems.append(problem)
                }
            }
            guard problems.isEmpty else { throw PeopleProblems(problems: problems) }
            let invitation = PeopleInvitation(issued: issued, passedOver: passedOver)
            try prepare(invitation)
            return invitation
        }
    }

    /// - Returns: nil for a person who needs none.
    /// - Throws: `PeopleProblem`.
    private func invite(
        _ person: InvitedPerson, _ common: InviteOrder, isRepeating: Bool, in connection: inout LogConnection
    ) throws -> PersonalInvite? {
        var order = common
        (order.roles, order.campaign) = (person.roles, person.campaign)
        (order.team, order.name, order.language) = (person.team, person.name, person.language)
        order.uses = 1
        let campaign: EntityID?
        do {
            _ = try InviteOrder.roles(of: order)
        } catch {
            throw PeopleProblem(line: person.line, column: "role", what: error.what)
        }
        do {
            campaign = try person.campaign.map { try connection.campaign(named: $0) }
        } catch let error as RelayFailure {
            throw PeopleProblem(line: person.line, column: "campaign", what: error.description)
        }
        let now = environment.now()
        let member = try connection.member(named: person.name, in: campaign)
        let open = try connection.openInvites(for: person.name, in: campaign, at: now)
        if member != nil || !open.isEmpty {
            guard isRepeating else { return nil }
            for invite in open { try connection.close(invite, as: identity, at: now) }
        }
        if let member {
            order = InviteOrder(
                roles: [], member: member.description, validMilliseconds: common.validMilliseconds,
                publicURL: common.publicURL)
        }
        let title = try campaign.map { try connection.campaignTitle($0) }
        return PersonalInvite(person: person, invite: try issue(order, in: &connection), campaign: title)
    }
}

extension PeopleProblem: Error {}

extension LogConnection {
    /// The member, not revoked, of that name.
    fileprivate mutating func member(named name: String, in campaign: EntityID?) throws -> EntityID? {
        var statement = try cached(
            """
            SELECT id FROM member WHERE (campaign = ?1 OR campaign IS NULL AND ?1 IS NULL) AND name = ?2
                AND revoked IS NULL ORDER BY id LIMIT 1
            """)
        try statement.bind(campaign?.bytes, at: 1)
        try statement.bind(name, at: 2)
        return try statement.step() ? try statement.id(at: 0) : nil
    }

    /// The invites for somebody of that name that a device could still join with.
    fileprivate mutating func openInvites(
        for name: String, in campaign: EntityID?, at milliseconds: Int64
    ) throws -> [EntityID] {
        var statement = try cached(
            """
            SELECT invite.id FROM invite LEFT JOIN member ON member.id = invite.member
            WHERE (invite.campaign = ?1 OR invite.campaign IS NULL AND ?1 IS NULL) AND invite.name = ?2
                AND expires > ?3 AND member.revoked IS NULL
                AND uses > (SELECT count(*) FROM invite_use WHERE invite_use.invite = invite.id)
            ORDER BY invite.id
            """)
        try statement.bind(campaign?.bytes, at: 1)
        try statement.bind(name, at: 2)
        try statement.bind(milliseconds, at: 3)
        var invites: [EntityID] = []
        while try statement.step() { invites.append(try statement.id(at: 0)) }
        return invites
    }

    /// Ends an invite: no further device joins with it.
    mutating func close(_ invite: EntityID, as identity: RelayIdentity, at milliseconds: Int64) throws {
        try shorten(invite, to: milliseconds)
        try record([RosterEdit.expiry(of: invite, at: milliseconds)], concerning: [], as: identity, at: milliseconds)
    }

    /// An invite never lives longer again.
    mutating func shorten(_ invite: EntityID, to milliseconds: Int64) throws {
        try run(
            "UPDATE invite SET expires = ?2 WHERE id = ?1 AND expires > ?2", .blob(invite.bytes), .integer(milliseconds)
        )
    }

    fileprivate mutating func campaignTitle(_ id: EntityID) throws -> String {
        var statement = try cached("SELECT name FROM campaign WHERE id = ?1")
        try statement.bind(id.bytes, at: 1)
        guard try statement.step(), !statement.text(at: 0).isEmpty else { return id.description }
        return statement.text(at: 0)
    }
}
