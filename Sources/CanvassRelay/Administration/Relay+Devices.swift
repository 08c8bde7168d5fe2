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
                    campaign.name, team.name, device.id, device.replica,
                    device.enrolled, device.last_sync, device.clock_offset,
                    device.revoked IS NOT NULL OR member.revoked IS NOT NULL
                FROM device_member JOIN device ON device.id = device_member.device
                JOIN member ON member.id = device_member.member
                LEFT JOIN campaign ON campaign.id = member.campaign LEFT JOIN team ON team.id = member.team
                ORDER BY member.campaign IS NOT NULL, member.campaign, member.name, device.enrolled
                """)
            var listings: [DeviceListing] = []
            while try statement.step() { listings.append(try statement.deviceListing()) }
            return listings
        }
    }

    /// Ends reading and writing of a device, or of a member with all their devices, from the next request on.
    ///
    /// - Parameter text: the id, or so much of its beginning that no other has it.
    /// - Throws: `RelayFailure` unless exactly one device or member fits.
    package func revoke(_ text: String) throws -> Revocation {
        try database.write { connection in
            let now = environment.now()
            let subject = try RosterIDs(&connection).only(text)
            let revocation = try revoke(subject, at: now, in: &connection)
            try connection.stopAwaitingRevoked(as: identity, at: now)
            return revocation
        }
    }

    @discardableResult
    func revoke(
        _ subject: RosterIDs.Entry, at now: Int64, in connection: inout LogConnection
    ) throws -> Revocation {
        if var member = try connection.member(subject.id) {
            guard member.revoked == nil else { return Revocation(subject) }
            member.revoked = now
            try connection.save(member)
            let campaigns = try connection.campaigns(sharingDevicesOf: subject.id)
            try connection.record(
                [RosterEdit.revocation(.member, subject.id, at: now)],
                concerning: campaigns.union([member.membership.campaign].compactMap(\.self)), as: identity, at: now)
            return Revocation(subject)
        }
        try connection.run(
            "UPDATE device SET revoked = coalesce(revoked, ?2) WHERE id = ?1", .blob(subject.id.bytes),
            .integer(now))
        try connection.record(
            [RosterEdit.revocation(.device, subject.id, at: now)], concerning: [], as: identity, at: now)
        return Revocation(subject)
    }
}

/// What was revoked.
package struct Revocation: Sendable {
    /// The whole id.
    package let id: String
    /// The member's name, or the names of all that the device acts for.
    package let name: String
    /// Whether it was a member and not a device alone.
    package let isMember: Bool

    fileprivate init(_ subject: RosterIDs.Entry) {
        id = subject.id.description
        name = subject.name
        isMember = subject.isMember
    }
}

extension LogStatement {
    fileprivate func deviceListing() throws -> DeviceListing {
        let membership = try membership(from: 0)
        // A campaign without a name yet is listed by its id.
        let name = text(at: 5)
        let campaign = name.isEmpty ? membership.campaign?.description : name
        return DeviceListing(
            member: membership.member.description, name: text(at: 4), campaign: campaign,
            roles: membership.roles.sorted().map(\.rawValue), team: optionalText(at: 6),
            device: try id(at: 7).description,
            replica: ReplicaID(rawValue: UInt64(bitPattern: int64(at: 8))).description, enrolled: int64(at: 9),
            lastSync: optionalInteger(at: 10), clockOffset: optionalInteger(at: 11), isRevoked: int64(at: 12) != 0)
    }
}
