import CanvassCRDT
import CanvassSQLite
import CanvassWire

extension RelayIdentity {
    /// Reads a certificate; nil for what this organisation never sealed.
    func certificate(_ bytes: [UInt8]) -> Certificate? {
        guard let certificate = try? Certificate(sealed: bytes, key: key.certificateKey),
            certificate.organisation == organisation
        else { return nil }
        return certificate
    }
}

extension LogConnection {
    /// Enrols a device as its certificate says, because the relay lost it. The roles of its members stay as they are where
    /// the roster knows later ones.
    mutating func enrol(_ certificate: Certificate, as identity: RelayIdentity, at milliseconds: Int64) throws {
        guard let roster = try scope(identity.rosterScope) else { throw DamagedLog(what: "the roster's scope is gone") }
        let issued = Stamp(milliseconds: certificate.issued)
        var edits: [EntityEdit] = []
        for certified in certificate.members {
            let membership = certified.membership
            let known = try member(membership.member)
            if known != nil, try !RolesInForce(in: roster, &self).areOlder(than: issued, of: membership.member) {
                continue
            }
            var member = known ?? Member(membership: membership, name: certified.name, language: certified.language)
            member.membership = membership
            try makeRoom(campaign: membership.campaign, team: membership.team)
            try save(member)
            edits.append(RosterEdit.member(membership, name: member.name, language: member.language))
        }
        try run(
            "INSERT INTO device (id, replica, token_hash, enrolled) VALUES (?1, ?2, ?3, ?4)",
            .blob(certificate.device.bytes), .integer(Int64(bitPattern: certificate.replica.rawValue)),
            .blob(certificate.tokenHash), .integer(milliseconds))
        if certificate.rotation > 0 {
            try raiseRotation(of: certificate.device, to: certificate.rotation)
        }
        var members = certificate.members.map(\.membership.member)[...]
        for member in members {
            try run(
                "INSERT INTO device_member (device, member) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                .blob(certificate.device.bytes),
                .blob(member.bytes))
        }
        // A change holds at most one edit of an entity, and the first says all that the device is.
        if let first = members.popFirst() {
            edits.append(
                RosterEdit.device(
                    certificate.device, replica: certificate.replica, tokenHash: certificate.tokenHash,
                    enrolled: milliseconds, members: [first] + members, rotation: certificate.rotation))
        }
        let campaigns = Set(certificate.members.compactMap(\.membership.campaign))
        try record(edits, concerning: campaigns, as: identity, at: milliseconds, stamp: issued)
    }

    /// Makes a campaign, and a team in it, that are known by their ids alone, where they are missing: their names come with
    /// the design.
    ///
    /// - Parameter teamName: where something else than the design told it; the design's wins.
    mutating func makeRoom(campaign: EntityID?, team: EntityID?, teamName: String? = nil) throws {
        guard let campaign else { return }
        try createCampaign(campaign)
        guard let team else { return }
        let name = try teamName ?? self.teamName(team) ?? team.description
        try saveTeam(team, campaign: campaign, name: name, stamp: .min)
    }

    /// Makes a campaign with its scopes; one that is there stays as it is.
    mutating func createCampaign(_ campaign: EntityID) throws {
        try run(
            """
            INSERT INTO campaign (id, name, name_stamp, roster_position) VALUES (?1, '', ?2, 0)
            ON CONFLICT DO NOTHING
            """,
            .blob(campaign.bytes), .integer(.min))
        try createScope(ScopeID(.design, campaign), campaign: campaign)
        try createScope(ScopeID(.office, campaign), campaign: campaign)
    }
}
