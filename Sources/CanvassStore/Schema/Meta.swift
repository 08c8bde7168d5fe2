import CanvassCRDT
package import CanvassSQLite

/// Single facts about the replica, one row each.
package enum MetaKey: String, Sendable {
    case replica, device, joinKey = "join_key"
    case relay, token, deviceKey = "device_key", organisation, rosterPosition = "roster_position"
    case bookmark, backup, lastSync = "last_sync"
    /// This device's certificate, and the highest sealed count of roster changes that it was given.
    case certificate, rosterSeal = "roster_seal"
    /// Set while the file may still hold, in space that it no longer uses, something of what was erased.
    case remains
    /// The state of the design scopes that the SQL views of surveys were made for.
    case views
}

extension Connection {
    package mutating func meta(_ key: MetaKey) throws -> SQLiteValue {
        var statement = try cached("SELECT value FROM meta WHERE key = ?1")
        try statement.bind(key.rawValue, at: 1)
        return try statement.step() ? statement.value(at: 0) : .null
    }

    package mutating func metaText(_ key: MetaKey) throws -> String? {
        if case .text(let text) = try meta(key) { text } else { nil }
    }

    package mutating func metaBytes(_ key: MetaKey) throws -> [UInt8]? {
        if case .blob(let bytes) = try meta(key) { bytes } else { nil }
    }

    package mutating func metaInteger(_ key: MetaKey) throws -> Int64? {
        if case .integer(let integer) = try meta(key) { integer } else { nil }
    }

    /// Writes one fact; `.null` removes it.
    package mutating func setMeta(_ key: MetaKey, _ value: SQLiteValue) throws {
        if value == .null {
            try run("DELETE FROM meta WHERE key = ?1", .text(key.rawValue))
        } else {
            try run("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)", .text(key.rawValue), value)
        }
    }
}
