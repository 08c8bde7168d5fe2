import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassWire

/// Answers `POST /v1/join`.
///
/// Invariants:
/// 1. A device is known by the id and the key that it chose. Asking again with the same invite gives the same answer and
///    uses up nothing, whether or not the invite still stands; another key is refused.
/// 2. A device that comes with a second invite keeps its token and acts for one more member, or, in the same campaign
///    and team, for the same member with more roles. It never loses what it had.
/// 3. A device that comes with its certificate alone is one that this relay lost: it gets what the certificate says, and
///    nothing that the roster says otherwise of.
struct Enrolment {
    let identity: RelayIdentity
    let environment: RelayEnvironment

    /// - Throws: `Problem` for what the device has to hear, and nothing has changed then.
    func join(_ request: JoinRequest, in connection: inout LogConnection) throws -> JoinAnswer {
        if let certificate = request.certificate, request.invite.isEmpty {
            return try joinAgain(request, certificate, in: &connection)
        }
        guard let invite = try connection.invite(secretHash: SecretHash.of(request.invite)) else {
            throw Problem(
                .inviteUnknown,
                "This relay made no such invite, or the link lacks its end. Copy the whole link, or ask for a new one.")
        }
        if let organisation = request.organisation, organisation != identity.organisation {
            throw Problem(
                .otherOrganisation,
                "This replica joined a relay of another organisation before. Join with a new replica; what this one holds stays "
                    + "in it.")
        }
        let isKnown = try recognise(request, in: &connection)
        if let member = try connection.member(of: request.device, by: invite.id) {
            return try answer(request, as: member, in: &connection)
        }
        guard environment.now() < invite.expires else {
            throw Problem(
                .inviteExpired,
                "The invite expired on \(TimeText.utc(invite.expires)) UTC. Ask the operator of the relay for a new one."
            )
        }
        guard try connection.useCount(of: invite.id) < invite.uses else {
            throw Problem(
                .inviteUsedUp,
                (invite.uses == 1
                    ? "The invite was made for 1 device and has been used."
                    : "The invite was made for \(invite.uses) devices, and as many have joined.")
                    + " Ask the operator of the relay for a new one.")
        }
        let member = try enrol(request, by: invite, isKnown: isKnown, in: &connection)
        return try answer(request, as: member, in: &connection)
    }

    /// Takes a device back that this relay lost, as its certificate says. Its join key shows that it is the one.
    private func joinAgain(
        _ request: JoinRequest, _ bytes: [UInt8], in connection: inout LogConnection
    ) throws -> JoinAnswer {
        guard let certificate = identity.certificate(bytes), certificate.device == request.device,
            !certificate.members.isEmpty
        else {
            throw Problem(
                .inviteUnknown,
                "The certificate of this device is none of this relay's. Ask its operator for an invite.")
        }
        guard constantTimeEquals(certificate.tokenHash, tokenHash(request)) else {
            throw Problem(
                .joinKeyMismatch,
                "Device \(request.device) chose another key when it was enrolled. Join with a new replica.")
        }
        if try !recognise(request, in: &connection) {
            try connection.enrol(certificate, as: identity, at: environment.now())
        }
        guard let membership = try connection.memberships(of: request.device).first else {
            throw Problem(
                .deviceRevoked,
                "The member that this device acted for has been revoked. Ask an admin for another invite.")
        }
        return try answer(request, as: membership.member, in: &connection)
    }

    /// - Returns: whether the device is enrolled already, with this key.
    private func recognise(_ request: JoinRequest, in connection: inout LogConnection) throws -> Bool {
        var statement = try connection.cached("SELECT token_hash, revoked FROM device WHERE id = ?1")
        try statement.bind(request.device.bytes, at: 1)
        guard try statement.step() else { return false }
        guard constantTimeEquals(statement.bytes(at: 0), tokenHash(request)) else {
            throw Problem(
                .joinKeyMismatch,
                "Device \(request.device) chose another key when it was enrolled. Join with a new replica.")
        }
        guard statement.isNull(at: 1) else {
            throw Problem(
                .deviceRevoked,
                "A revoked device cannot join again. Ask an admin for a new invite and use it with a new replica.")
        }
        return true
    }

    private func enrol(
        _ request: JoinRequest, by invite: Invite, isKnown: Bool, in connection: inout LogConnection
    ) throws -> EntityID {
        let now = environment.now()
        let (member, isChanged) = try member(request, by: invite, in: &connection)
        let id = member.membership.member
        var edits: [EntityEdit] = []
        if isChanged {
            try connection.save(member)
            edits.append(RosterEdit.member(member.membership, name: member.name, language: member.language))
        }
        if isKnown {
            edits.append(RosterEdit.device(request.device, actsFor: id))
        } else {
            let hash = tokenHash(request)
            try connection.run(
                "INSERT INTO device (id, replica, token_hash, enrolled) VALUES (?1, ?2, ?3, ?4)",
                .blob(request.device.bytes), .integer(Int64(bitPattern: request.replica.rawValue)), .blob(hash),
                .integer(now))
            edits.append(
                RosterEdit.device(
                    request.device, replica: request.replica, tokenHash: hash, enrolled: now, members: [id]))
        }
        try connection.run(
            "INSERT INTO device_member (device, member) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            .blob(request.device.bytes),
            .blob(id.bytes))
        try connection.run(
            "INSERT INTO invite_use (invite, device, member) VALUES (?1, ?2, ?3)", .blob(invite.id.bytes),
            .blob(request.device.bytes), .blob(id.bytes))
        edits.append(RosterEdit.use(of: invite.id, by: request.device, as: id))
        let campaigns = try connection.campaigns(sharingDevicesOf: id)
        let position = try connection.record(edits, concerning: campaigns, as: identity, at: now)
        if isKnown { try connection.touchGrants(of: request.device, in: campaigns, at: position) }
        return id
    }

    /// The member that the device will act for, and whether there is anything to write down about them.
    private func member(
        _ request: JoinRequest, by invite: Invite, in connection: inout LogConnection
    ) throws -> (Member, isChanged: Bool) {
        if let id = invite.member {
            guard let member = try connection.member(id), member.revoked == nil else {
                throw Problem(
                    .deviceRevoked,
                    "The member that this invite is for has been revoked. Ask an admin for another invite.")
            }
            return (member, false)
        }
        let own = try connection.memberships(of: request.device)
        let fitting = own.first { membership in
            membership.campaign == invite.campaign
                && (membership.team == invite.team || membership.team == nil || invite.team == nil)
        }
        if let membership = fitting, var member = try connection.member(membership.member) {
            member.membership.roles.formUnion(invite.roles)
            member.membership.team = invite.team ?? member.membership.team
            return (member, member.membership != membership)
        }
        var generator = environment
        let id = EntityID(milliseconds: environment.now(), using: &generator)
        let membership = Membership(member: id, campaign: invite.campaign, roles: invite.roles, team: invite.team)
        let name = try invite.name ?? chosenName(request) ?? givenName(membership, in: &connection)
        return (Member(membership: membership, name: name, language: request.language ?? invite.language), true)
    }

    private func chosenName(_ request: JoinRequest) -> String? {
        request.name.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : String($0.prefix(200)) }
    }

    /// "collector 3": somebody without a name can still be told from the others.
    private func givenName(_ membership: Membership, in connection: inout LogConnection) throws -> String {
        let count = try connection.members(of: membership.campaign).count
        return "\(membership.roles.min()?.rawValue ?? "member") \(count + 1)"
    }

    /// Of the first token, whatever took its place: it stands for the join key, and the device's seals rest on it.
    private func tokenHash(_ request: JoinRequest) -> [UInt8] {
        SecretHash.of(identity.key.token(device: request.device, joinKey: request.joinKey, rotation: 0))
    }

    /// The token of a device from now on: the first it ever had, or the one that took its place.
    private func token(of request: JoinRequest, in connection: inout LogConnection) throws -> String {
        let rotation = try connection.rotation(of: request.device)
        let token = identity.key.token(device: request.device, joinKey: request.joinKey, rotation: rotation)
        if rotation > 0 { try connection.setRotatedToken(of: request.device, hash: SecretHash.of(token)) }
        return token
    }

    private func answer(
        _ request: JoinRequest, as id: EntityID, in connection: inout LogConnection
    ) throws -> JoinAnswer {
        guard let member = try connection.member(id) else { throw DamagedLog(what: "member \(id) is missing") }
        guard member.revoked == nil else {
            throw Problem(
                .deviceRevoked,
                "The member that this device acted for has been revoked. Ask an admin for another invite.")
        }
        let now = environment.now()
        guard let certificate = try connection.certificate(of: request.device, as: identity, at: now) else {
            throw DamagedLog(what: "device \(request.device) is missing")
        }
        return JoinAnswer(
            token: try token(of: request, in: &connection),
            deviceKey: identity.key.deviceKey(device: request.device, tokenHash: tokenHash(request)),
            organisation: identity.organisation, member: id, name: member.name, time: now, certificate: certificate)
    }
}
