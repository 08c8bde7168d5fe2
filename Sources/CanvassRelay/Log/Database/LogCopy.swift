/// Takes everything that a relay keeps from one database to another, whatever the kinds of the two.
package enum LogCopy {
    /// One table: how its rows are read, and how they are written.
    struct Table {
        let select: StaticString
        let insert: StaticString
    }

    /// All but `meta`, each behind those that it refers to.
    static let tables = [
        Table(
            select: "SELECT id, name, name_stamp, roster_position FROM campaign",
            insert: "INSERT INTO campaign (id, name, name_stamp, roster_position) VALUES (?1, ?2, ?3, ?4)"),
        Table(
            select: "SELECT id, campaign, name, name_stamp FROM team",
            insert: "INSERT INTO team (id, campaign, name, name_stamp) VALUES (?1, ?2, ?3, ?4)"),
        Table(
            select: "SELECT id, campaign, roles, team, name, language, revoked FROM member",
            insert: """
                INSERT INTO member (id, campaign, roles, team, name, language, revoked)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                """),
        Table(
            select: """
                SELECT id, replica, token_hash, enrolled, last_sync, clock_offset, granted, revoked, rotation, rotated_hash
                FROM device
                """,
            insert: """
                INSERT INTO device (id, replica, token_hash, enrolled, last_sync, clock_offset, granted, revoked, rotation,
                    rotated_hash)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                """),
        Table(
            select: "SELECT device, member FROM device_member",
            insert: "INSERT INTO device_member (device, member) VALUES (?1, ?2)"),
        Table(
            select: """
                SELECT id, secret_hash, campaign, roles, team, name, member, uses, expires, language FROM invite
                """,
            insert: """
                INSERT INTO invite (id, secret_hash, campaign, roles, team, name, member, uses, expires, language)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                """),
        Table(
            select: "SELECT invite, device, member FROM invite_use",
            insert: "INSERT INTO invite_use (invite, device, member) VALUES (?1, ?2, ?3)"),
        Table(
            select: """
                SELECT number, id, campaign, team, member, latest, segment_count, change_count, segment_bytes FROM scope
                """,
            insert: """
                INSERT INTO scope (number, id, campaign, team, member, latest, segment_count, change_count, segment_bytes)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                """),
        Table(
            select: """
                SELECT number, scope, replica, parent, fork_sequence, sequence, hash, context, is_relay FROM branch
                ORDER BY number
                """,
            insert: """
                INSERT INTO branch (number, scope, replica, parent, fork_sequence, sequence, hash, context, is_relay)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                """),
        Table(
            select: """
                SELECT position, scope, branch, first_sequence, last_sequence, after, rolling_hash, author, received,
                    clock_offset, checks, bytes, dropped
                FROM segment ORDER BY position
                """,
            insert: """
                INSERT INTO segment (position, scope, branch, first_sequence, last_sequence, after, rolling_hash, author,
                    received, clock_offset, checks, bytes, dropped)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
                """),
        Table(
            select: "SELECT scope, replica, sequence, change_check, reason, position, branch FROM mark",
            insert: """
                INSERT INTO mark (scope, replica, sequence, change_check, reason, position, branch)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                """),
        Table(
            select: "SELECT scope, replica, sequence, change_check, author, received, body FROM quarantine",
            insert: """
                INSERT INTO quarantine (scope, replica, sequence, change_check, author, received, body)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                """),
        Table(
            select: "SELECT scope, hash, id FROM erasure",
            insert: "INSERT INTO erasure (scope, hash, id) VALUES (?1, ?2, ?3)"),
        Table(
            select: "SELECT device, scope, erasure, position FROM awaiting",
            insert: "INSERT INTO awaiting (device, scope, erasure, position) VALUES (?1, ?2, ?3, ?4)"),
        Table(
            select: "SELECT scope, vector, digest FROM report",
            insert: "INSERT INTO report (scope, vector, digest) VALUES (?1, ?2, ?3)"),
    ]

    /// - Parameters:
    ///   - target: holds tables without rows.
    ///   - shouldStop: asked for each row.
    /// - Throws: `CancellationError` where it should.
    package static func copy(
        from source: inout LogConnection, to target: inout LogConnection, shouldStop: () -> Bool = { false }
    ) throws {
        for table in tables {
            var rows = try source.scan(table.select)
            var insert = try target.cached(table.insert)
            while try rows.step() {
                if shouldStop() { throw CancellationError() }
                try insert.bind((0..<rows.columnCount).map { rows.value(at: $0) })
                try insert.run()
            }
        }
        var names = try source.cached("SELECT name FROM meta")
        while try names.step() {
            let name = names.text(at: 0)
            if let value = try source.value(named: name) { try target.setValue(value, named: name) }
        }
    }
}
