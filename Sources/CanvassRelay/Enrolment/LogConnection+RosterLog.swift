import CanvassCRDT
import CanvassSQLite

extension LogConnection {
    /// Commits what the relay did to the roster as one change of its own replica in the roster's scope, so that admins
    /// read it by sync, and tells the devices concerned by moving the positions of their rosters.
    ///
    /// - Parameters:
    ///   - campaigns: those whose members see the difference.
    ///   - stamp: where it repeats what was true earlier; else that of the moment.
    /// - Returns: the position of the change.
    @discardableResult
    mutating func record(
        _ edits: [EntityEdit], concerning campaigns: Set<EntityID>, as identity: RelayIdentity, at milliseconds: Int64,
        stamp: Stamp? = nil
    ) throws -> Int64 {
        guard let scope = try scope(identity.rosterScope) else { throw DamagedLog(what: "the roster's scope is gone") }
        let position = try commitOwn(edits, in: scope, as: identity, at: milliseconds, stamp: stamp)
        try touchRosters(of: campaigns, at: position)
        return position
    }

    /// Notes that a device, and whoever shares these campaigns with it, may read more than before.
    mutating func touchGrants(of device: EntityID, in campaigns: Set<EntityID>, at position: Int64) throws {
        try run("UPDATE device SET granted = ?2 WHERE id = ?1", .blob(device.bytes), .integer(position))
        try touchGrants(in: campaigns, at: position)
    }

    /// Notes that the devices of campaigns may read more than before.
    mutating func touchGrants(in campaigns: Set<EntityID>, at position: Int64) throws {
        for campaign in campaigns {
            try run(
                """
                UPDATE device SET granted = ?2 WHERE id IN (
                    SELECT device FROM device_member JOIN member ON member.id = member WHERE campaign = ?1)
                """, .blob(campaign.bytes), .integer(position))
        }
    }

    /// Makes the devices of these campaigns, and the admins', fetch their rosters again.
    mutating func touchRosters(of campaigns: Set<EntityID>, at position: Int64) throws {
        try setMeta(.rosterPosition, .integer(position))
        for campaign in campaigns {
            try run(
                "UPDATE campaign SET roster_position = ?2 WHERE id = ?1", .blob(campaign.bytes), .integer(position))
        }
    }

    /// The campaigns of everybody whom a device of `member` also acts for: whoever loses or gains a role in one has to
    /// hear of it in all.
    mutating func campaigns(sharingDevicesOf member: EntityID) throws -> Set<EntityID> {
        var statement = try cached(
            """
            SELECT DISTINCT member.campaign FROM device_member AS own
            JOIN device_member AS other ON other.device = own.device JOIN member ON member.id = other.member
            WHERE own.member = ?1 AND member.campaign IS NOT NULL
            """)
        try statement.bind(member.bytes, at: 1)
        var campaigns: Set<EntityID> = []
        while try statement.step() { campaigns.insert(try statement.id(at: 0)) }
        return campaigns
    }
}
