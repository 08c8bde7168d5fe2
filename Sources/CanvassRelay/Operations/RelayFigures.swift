import CanvassCRDT
import CanvassSQLite

/// What a relay holds and how it stands, as far as its database and its disk know: for `canvass-relay status` and `/metrics`.
/// Times are milliseconds since 1970.
package struct RelayFigures: Sendable {
    package struct Campaign: Sendable {
        /// Nil for the roster.
        package let id: String?
        package let name: String
        package var memberCount: Int64
        package var scopeCount: Int64
        package var segmentCount: Int64
        package var changeCount: Int64
        /// Of segments, as they are stored.
        package var byteCount: Int64
    }

    package struct Backup: Sendable {
        package let position: Int64
        /// Nil where a backup from before this was written down was restored.
        package let time: Int64?
    }

    package let now: Int64
    /// The end of the log, which counts changes.
    package let position: Int64
    /// The roster first, then campaigns by the bytes they take, greatest first.
    package let campaigns: [Campaign]
    package let activeDeviceCount: Int64
    package let revokedDeviceCount: Int64
    /// When the active device that has not synced for the longest time did so last, or joined.
    package let oldestSync: Int64?
    /// The greatest difference between an active device's clock and the relay's, milliseconds.
    package let largestClockOffset: Int64
    /// Changes whose bodies lie in quarantine.
    package let quarantinedCount: Int64
    /// Devices that may still hold what was erased.
    package let awaitedCount: Int64
    /// How often two devices reported different digests of one state.
    package let digestAlarmCount: Int64
    /// The last that was verified, where the log still goes through its end.
    package let backup: Backup?
    package let isRecovering: Bool
    /// Bytes a campaign should not exceed; nil where none was set.
    package let quotaBytes: Int64?

    package let storage: LogStorage
}

extension Relay {
    package func figures() throws -> RelayFigures {
        try database.read { connection in try figures(in: &connection) }
    }

    /// Costs a look at every scope and every device, and none at the log.
    func figures(in connection: inout LogConnection) throws -> RelayFigures {
        let devices = try connection.deviceFigures()
        let quota = try connection.metaInteger(.campaignQuota)
        return RelayFigures(
            now: environment.now(), position: try connection.head().position,
            campaigns: try connection.campaignFigures(), activeDeviceCount: devices.activeCount,
            revokedDeviceCount: devices.revokedCount, oldestSync: devices.oldestSync,
            largestClockOffset: devices.largestClockOffset,
            quarantinedCount: try connection.count("SELECT count(*) FROM quarantine"),
            awaitedCount: try connection.count("SELECT count(DISTINCT device) FROM awaiting"),
            digestAlarmCount: try connection.metaInteger(.digestAlarms), backup: try connection.backupFigures(),
            isRecovering: try connection.missingRoster(as: identity) != nil, quotaBytes: quota > 0 ? quota : nil,
            storage: try connection.storage())
    }

    /// How many bytes of segments a campaign should not exceed: told in `status` and `/metrics`. No interview is refused
    /// for it.
    package func setCampaignQuota(bytes: Int64?) throws {
        try database.write { connection in try connection.setMeta(.campaignQuota, .integer(bytes ?? 0)) }
    }
}

extension LogConnection {
    fileprivate mutating func count(_ query: StaticString) throws -> Int64 {
        var statement = try cached(query)
        return try statement.step() ? statement.int64(at: 0) : 0
    }

    fileprivate mutating func backupFigures() throws -> RelayFigures.Backup? {
        guard let position = try backupPosition() else { return nil }
        let time = try metaInteger(.backupTime)
        return RelayFigures.Backup(position: Int64(clamping: position), time: time > 0 ? time : nil)
    }

    fileprivate mutating func campaignFigures() throws -> [RelayFigures.Campaign] {
        var statement = try cached(
            """
            SELECT scope.campaign, coalesce(max(campaign.name), ''), (
                    SELECT count(*) FROM member WHERE revoked IS NULL
                        AND (member.campaign = scope.campaign OR member.campaign IS NULL AND scope.campaign IS NULL)),
                count(*), CAST(sum(segment_count) AS bigint), CAST(sum(change_count) AS bigint),
                CAST(sum(segment_bytes) AS bigint)
            FROM scope LEFT JOIN campaign ON campaign.id = scope.campaign GROUP BY scope.campaign
            ORDER BY scope.campaign IS NOT NULL, 7 DESC, scope.campaign
            """)
        var campaigns: [RelayFigures.Campaign] = []
        while try statement.step() {
            campaigns.append(
                RelayFigures.Campaign(
                    id: try statement.optionalID(at: 0)?.description, name: statement.text(at: 1),
                    memberCount: statement.int64(at: 2), scopeCount: statement.int64(at: 3),
                    segmentCount: statement.int64(at: 4), changeCount: statement.int64(at: 5),
                    byteCount: statement.int64(at: 6)))
        }
        return campaigns
    }

    fileprivate mutating func deviceFigures() throws -> (
        activeCount: Int64, revokedCount: Int64, oldestSync: Int64?, largestClockOffset: Int64
    ) {
        var statement = try cached(
            """
            WITH listed AS (
                SELECT coalesce(last_sync, enrolled) AS seen, coalesce(clock_offset, 0) AS off,
                    revoked IS NULL AND EXISTS (
                        SELECT 1 FROM device_member JOIN member ON member.id = device_member.member
                        WHERE device_member.device = device.id AND member.revoked IS NULL) AS active
                FROM device)
            SELECT count(*) FILTER (WHERE active), count(*) FILTER (WHERE NOT active), min(seen) FILTER (WHERE active),
                min(off) FILTER (WHERE active), max(off) FILTER (WHERE active)
            FROM listed
            """)
        guard try statement.step() else { return (0, 0, nil, 0) }
        let offsets = [3, 4].map { Int64(clamping: statement.int64(at: $0).magnitude) }
        return (statement.int64(at: 0), statement.int64(at: 1), statement.optionalInteger(at: 2), offsets.max() ?? 0)
    }
}
