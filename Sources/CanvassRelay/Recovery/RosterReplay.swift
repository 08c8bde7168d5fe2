import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassWire

/// Brings the tables of the roster up to what a relay of this organisation wrote into its scope, which came back to one that
/// lost it.
///
/// Such changes come in the order in which they were made, but certificates may have told of later ones before them. A
/// revocation stays, whatever comes later; of roles those that win count (`RolesInForce`). What names members,
/// devices or campaigns that are not there is passed over: it can only be in a change that no relay made.
struct RosterReplay {
    let rolesInForce: RolesInForce
    private var campaigns: Set<EntityID> = []

    /// - Parameter rolesInForce: with what came back.
    init(_ rolesInForce: RolesInForce) { self.rolesInForce = rolesInForce }

    /// - Parameter position: of the segment with these changes, which is in the log.
    mutating func apply(_ verdicts: [Verdict], at position: Int64, _ connection: inout LogConnection) throws {
        for verdict in verdicts {
            let (dot, edits) = (verdict.judged.change.dot, verdict.edits.map(RosterFields.init))
            // Members before the devices that act for them, and both before the invites that they used.
            for edit in edits where edit.kind == .member { try member(edit, of: dot, &connection) }
            for edit in edits where edit.kind == .device { try device(edit, &connection) }
            for edit in edits where edit.kind == .invite { try invite(edit, &connection) }
        }
        try connection.touchRosters(of: campaigns, at: position)
        try connection.touchGrants(in: campaigns, at: position)
    }

    private mutating func member(_ edit: RosterFields, of dot: Dot, _ connection: inout LogConnection) throws {
        var member: Member
        if let known = try connection.member(edit.id) {
            member = known
        } else {
            guard let name = edit.text("name") else { return }
            let membership = Membership(member: edit.id, campaign: edit.entity("campaign"), roles: [])
            member = Member(membership: membership, name: name, language: edit.text("language"))
        }
        if let roles = edit.roles, rolesInForce.are(from: dot, of: edit.id) {
            member.membership.roles = roles
            member.membership.team = member.membership.campaign == nil ? nil : edit.entity("team")
        }
        if let revoked = edit.integer("revoked") { member.revoked = member.revoked ?? revoked }
        try connection.makeRoom(campaign: member.membership.campaign, team: member.membership.team)
        try connection.save(member)
        if let campaign = member.membership.campaign { campaigns.insert(campaign) }
        campaigns.formUnion(try connection.campaigns(sharingDevicesOf: edit.id))
    }

    private mutating func device(_ edit: RosterFields, _ connection: inout LogConnection) throws {
        if try connection.author(edit.id) == nil {
            guard let replica = edit.bytes("replica").flatMap({ try? ReplicaID(bytes: $0) }),
                let tokenHash = edit.bytes("tokenHash"), let enrolled = edit.integer("enrolled")
            else { return }
            try connection.run(
                "INSERT INTO device (id, replica, token_hash, enrolled) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                .blob(edit.id.bytes), .integer(Int64(bitPattern: replica.rawValue)), .blob(tokenHash),
                .integer(enrolled))
        }
        guard try connection.author(edit.id) != nil else { return }
        for (element, _) in edit.set("member") {
            guard let member = try? EntityID(bytes: element), try connection.member(member) != nil else { continue }
            try connection.run(
                "INSERT INTO device_member (device, member) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                .blob(edit.id.bytes),
                .blob(member.bytes))
            campaigns.formUnion(try connection.campaigns(sharingDevicesOf: member))
        }
        if let rotation = edit.integer("rotation") { try connection.raiseRotation(of: edit.id, to: rotation) }
        guard let revoked = edit.integer("revoked") else { return }
        try connection.run(
            "UPDATE device SET revoked = coalesce(revoked, ?2) WHERE id = ?1", .blob(edit.id.bytes), .integer(revoked))
    }

    private mutating func invite(_ edit: RosterFields, _ connection: inout LogConnection) throws {
        if let roles = edit.roles, let secretHash = edit.bytes("secretHash"), let uses = edit.integer("uses"),
            let expires = edit.integer("expires"), try edit.isMemberKnown(&connection)
        {
            let (campaign, team) = (edit.entity("campaign"), edit.entity("team"))
            try connection.makeRoom(campaign: campaign, team: team, teamName: edit.text("teamName"))
            try connection.run(
                """
                INSERT INTO invite
                    (id, secret_hash, campaign, roles, team, name, member, uses, expires, language)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                ON CONFLICT DO NOTHING
                """,
                .blob(edit.id.bytes), .blob(secretHash), campaign.sqliteValue, .text(roles.stored),
                campaign == nil ? .null : team.sqliteValue, edit.text("name").map { .text($0) } ?? .null,
                edit.entity("member").sqliteValue, .integer(uses), .integer(expires),
                edit.text("language").map { .text($0) } ?? .null)
        } else if let expires = edit.integer("expires") {
            try connection.shorten(edit.id, to: expires)
        }
        for (element, value) in edit.set("usedBy") {
            guard let device = try? EntityID(bytes: element), case .bytes(let bytes) = value,
                let member = try? EntityID(bytes: bytes), try connection.author(device) != nil,
                try connection.member(member) != nil, try connection.isInvite(edit.id)
            else { continue }
            try connection.run(
                "INSERT INTO invite_use (invite, device, member) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                .blob(edit.id.bytes),
                .blob(device.bytes), .blob(member.bytes))
        }
    }
}
