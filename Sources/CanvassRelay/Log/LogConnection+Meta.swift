import CanvassSQLite

/// The names of the values in `meta`.
enum MetaName: String {
    case organisation, organisationKey = "organisation_key"
    /// The relay's own replica, whose changes fill the roster.
    case replica
    case publicURL = "public_url"
    /// The position of the last entry that changed anybody's roster.
    case rosterPosition = "roster_position"
    /// The seal on what the roster has to hold before others than admins are answered; empty where nobody has told yet.
    case missingRoster = "missing_roster"
    /// The count of roster changes up to which seals say nothing any more: the operator gave them up.
    case rosterGivenUp = "roster_given_up"
    /// The bookmark at the end of the last verified backup.
    case backup
    /// When that backup was made: milliseconds since 1970.
    case backupTime = "backup_time"
    /// How many bytes of segments a campaign should not exceed; told to the operator, and never enforced.
    case campaignQuota = "campaign_quota"
    /// Where the audit log of the serving process is, for the commands beside it.
    case auditLog = "audit_log"
    /// 1 while the write-ahead log may hold what was erased.
    case erasedInLog = "erased_in_log"
    /// The seal on what the roster holds.
    case rosterSeal = "roster_seal"
    /// How often two clients reported different digests for one vector.
    case digestAlarms = "digest_alarms"
}

extension LogConnection {
    mutating func meta(_ name: MetaName) throws -> SQLiteValue? { try value(named: name.rawValue) }

    mutating func setMeta(_ name: MetaName, _ value: SQLiteValue) throws { try setValue(value, named: name.rawValue) }

    mutating func removeMeta(_ name: MetaName) throws { try removeValue(named: name.rawValue) }

    mutating func metaInteger(_ name: MetaName) throws -> Int64 {
        if case .integer(let number) = try meta(name) { number } else { 0 }
    }
}
