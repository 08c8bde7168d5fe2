import CanvassCRDT
import CanvassCoding

/// How the entities of the roster's scope are written down. Secrets are never in it, only hashes of them.
enum RosterEdit {
    static func member(_ member: Membership, name: String, language: String?) -> EntityEdit {
        var operations = [
            put("name", .text(name)), put("roles", .list(member.roles.sorted().map { .text($0.rawValue) })),
        ]
        if let campaign = member.campaign { operations.append(put("campaign", .bytes(campaign.bytes))) }
        if let team = member.team { operations.append(put("team", .bytes(team.bytes))) }
        if let language { operations.append(put("language", .text(language))) }
        return EntityEdit(kind: EntityKind.member.rawValue, entity: member.member, operations: operations)
    }

    static func device(
        _ device: EntityID, replica: ReplicaID, tokenHash: [UInt8], enrolled: Int64, members: [EntityID],
        rotation: Int64 = 0
    ) -> EntityEdit {
        EntityEdit(
            kind: EntityKind.device.rawValue, entity: device,
            operations: [
                put("replica", .bytes(replica.bytes)), put("tokenHash", .bytes(tokenHash)),
                put("enrolled", .integer(enrolled)),
            ] + (rotation == 0 ? [] : [put("rotation", .integer(rotation))])
                + members.map { put("member", .bool(true), element: .bytes($0.bytes)) })
    }

    /// A device that was enrolled before acts for one more member.
    static func device(_ device: EntityID, actsFor member: EntityID) -> EntityEdit {
        EntityEdit(
            kind: EntityKind.device.rawValue, entity: device,
            operations: [put("member", .bool(true), element: .bytes(member.bytes))])
    }

    /// - Parameter teamName: of the invite's team, which may stand nowhere else in any log.
    static func invite(_ invite: Invite, secretHash: [UInt8], teamName: String?) -> EntityEdit {
        var operations = [
            put("roles", .list(invite.roles.sorted().map { .text($0.rawValue) })),
            put("uses", .integer(Int64(invite.uses))), put("expires", .integer(invite.expires)),
            put("secretHash", .bytes(secretHash)),
        ]
        for (field, id) in [("campaign", invite.campaign), ("team", invite.team), ("member", invite.member)] {
            if let id { operations.append(put(field, .bytes(id.bytes))) }
        }
        for (field, text) in [("name", invite.name), ("teamName", teamName), ("language", invite.language)] {
            if let text { operations.append(put(field, .text(text))) }
        }
        return EntityEdit(kind: EntityKind.invite.rawValue, entity: invite.id, operations: operations)
    }

    static func use(of invite: EntityID, by device: EntityID, as member: EntityID) -> EntityEdit {
        EntityEdit(
            kind: EntityKind.invite.rawValue, entity: invite,
            operations: [put("usedBy", .bytes(member.bytes), element: .bytes(device.bytes))])
    }

    /// An invite that ends sooner than it was made for.
    static func expiry(of invite: EntityID, at milliseconds: Int64) -> EntityEdit {
        EntityEdit(
            kind: EntityKind.invite.rawValue, entity: invite, operations: [put("expires", .integer(milliseconds))])
    }

    /// How often the token of a device was replaced.
    static func rotation(of device: EntityID, _ count: Int64) -> EntityEdit {
        EntityEdit(
            kind: EntityKind.device.rawValue, entity: device, operations: [put("rotation", .integer(count))])
    }

    /// The end of a member or a device.
    static func revocation(_ kind: EntityKind, _ id: EntityID, at milliseconds: Int64) -> EntityEdit {
        EntityEdit(kind: kind.rawValue, entity: id, operations: [put("revoked", .integer(milliseconds))])
    }

    private static func put(_ field: String, _ value: Value, element: Value? = nil) -> Operation {
        Operation(.put(value), field: field, element: element)
    }
}
