import CanvassCRDT
import CanvassSQLite

/// A device and the member it acts for, as an operator sees them. A device that acts for several is listed once for each.
package struct DeviceListing: Sendable {
    package let member: String
    package let name: String
    package let campaign: String?
    /// The raw values of `Role`, sorted.
    package let roles: [String]
    package let team: String?
    package let device: String
    package let replica: String
    /// Times are milliseconds since 1970.
    package let enrolled: Int64
    package let lastSync: Int64?
    /// Relay time minus device time at the last sync, milliseconds.
    package let clockOffset: Int64?
    package let isRevoked: Bool
}

extension Relay {
    /// Every device of every member, admins first.
    package func devices() throws -> [DeviceListing] {
        try database.read { connection in
            var statement = try connection.cached(
                """
                SELECT member.id, member.campaign, member.roles, member.team, member.name,
                    coalesce(nullif(campaign.name, ''), member.campaign), team.name, device.id, device.replica,
                    device.enrolled, device.last_sync, device.clock_offset,
                    device.revoked IS NOT NULL OR member.revoked IS NOT NULL
                FROM device_member JOIN device ON device.id = device_member.device
                JOIN member ON member.id = device_member.member
                LEFT JOIN campaign ON campaign.id = member.campaign LEFT JOIN team ON team.id = member.team
                ORDER BY member.campaign, member.name, device.enrolled
                """)
            var listings: [DeviceListing] = []
            while try statement.step() { listings.append(try statement.deviceListing()) }
            return listings
        }
    }

    /// Ends reading and writing of a device, or of a member with all their devices, from the next request on.
    ///
    /// - Returns: the name of the member, and whether `text` named the member and not a device alone.
    /// - Throws: `RelayFailure` when there is neither a device nor a member of that id.
    package func revoke(_ text: String) throws -> (name: String, isMember: Bool) {
        let missing = RelayFailure(
            "there is no device or member \(text)", remedy: "list them with `canvass-relay devices`")
        guard let id = try? EntityID(text: text) else { throw missing }
        return try database.write { connection in
            let now = environment.now()
            if var member = try connection.member(id) {
                guard member.revoked == nil else { return (member.name, true) }
                member.revoked = now
                try connection.save(member)
                let campaigns = try connection.campaigns(sharingDevicesOf: id)
                try connection.record(
                    [RosterEdit.revocation(.member, id, at: now)],
                    concerning: campaigns.union([member.membership.campaign].compactMap(\.self)), as: identity, at: now)
                return (member.name, true)
            }
            guard let members = try connection.members(of: id) else { throw missing }
            try connection.run(
                "UPDATE device SET revoked = coalesce(revoked, ?2) WHERE id = ?1", .blob(id.bytes), .integer(now))
            try connection.record(
                [RosterEdit.revocation(.device, id, at: now)], concerning: [], as: identity, at: now)
            return (members.map(\.name).joined(separator: ", "), false)
        }
    }
}

extension Connection {
    /// The members that a device acts for; nil when there is no such device.
    fileprivate mutating func members(of device: EntityID) throws -> [Member]? {
        var known = try cached("SELECT 1 FROM device WHERE id = ?1")
        try known.bind(device.bytes, at: 1)
        guard try known.step() else { return nil }
        var statement = try cached("SELECT member FROM device_member WHERE device = ?1 ORDER BY member")
        try statement.bind(device.bytes, at: 1)
        var members: [Member] = []
        while try statement.step() {
            let id = try statement.id(at: 0)
            if let member = try member(id) { members.append(member) }
        }
        return members
    }
}

extension Statement {
    fileprivate func deviceListing() throws -> DeviceListing {
        let membership = try membership(from: 0)
        // A campaign without a name yet is listed by its id.
        let campaign = try type(at: 5) == .blob ? id(at: 5).description : optionalText(at: 5)
        return DeviceListing(
            member: membership.member.description, name: text(at: 4), campaign: campaign,
            roles: membership.roles.sorted().map(\.rawValue), team: optionalText(at: 6),
            device: try id(at: 7).description,
            replica: ReplicaID(rawValue: UInt64(bitPattern: int64(at: 8))).description, enrolled: int64(at: 9),
            lastSync: optionalInteger(at: 10), clockOffset: optionalInteger(at: 11), isRevoked: int64(at: 12) != 0)
    }
}
