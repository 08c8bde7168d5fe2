import CanvassSQLite

/// The tables of `relay.sqlite`.
///
/// Invariants:
/// 1. `segment` is the log: rows are only ever added, each at a position greater than all before it. Positions count
///    changes: a segment of n changes takes n of them and is stored under the last. All that ever changes in a row are
///    `bytes`, when bodies are dropped from them, which no hash depends on.
/// 2. `rolling_hash` of a segment covers every segment before it, so that (position, rolling hash) names one history.
/// 3. Each branch of a chain has one row in `branch`, which holds its tip; `sequence`, `hash` and `context` are those of
///    the last change of the branch's last segment. A branch begins after `fork_sequence` of `parent`, or at the
///    start of the chain when there is no parent.
/// 4. The other tables are the roster as it stands; each change of it is also a change of the relay's own replica in the
///    roster's scope, committed with it.
/// 5. The counts in `scope` are those of the scope's segments.
/// 6. A change in `segment` lacks its body exactly if `mark` has a row for it, put there with it or before, except for
///    changes of the relay itself, which are never void. `quarantine` holds the bodies of those that are void for another
///    reason than erasure.
package enum LogSchema {
    /// "CanR", the `application_id` of a relay's database.
    package static let applicationID: Int32 = 0x4361_6E52

    /// Every step ever released, in the words of SQLite.
    package static let scripts: [(version: Int32, sql: String)] = [(1, version1), (2, version2), (3, version3)]

    static let migrations = scripts.map { Migration(version: $0.version, sql: $0.sql) }

    private static let version1 = """
        CREATE TABLE meta (
            name TEXT PRIMARY KEY,
            value ANY NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE campaign (
            id BLOB PRIMARY KEY,
            name TEXT NOT NULL,
            name_stamp INTEGER NOT NULL,
            roster_position INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE team (
            id BLOB PRIMARY KEY,
            campaign BLOB NOT NULL REFERENCES campaign,
            name TEXT NOT NULL,
            name_stamp INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX team_campaign ON team (campaign);

        -- roles: names separated by spaces; campaign: NULL for an admin; times: milliseconds since 1970
        CREATE TABLE member (
            id BLOB PRIMARY KEY,
            campaign BLOB REFERENCES campaign,
            roles TEXT NOT NULL,
            team BLOB REFERENCES team,
            name TEXT NOT NULL,
            language TEXT,
            revoked INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX member_campaign ON member (campaign);

        -- clock_offset: relay time minus device time, milliseconds; granted: position of the last entry that may have
        -- let the device read more of what was there before
        CREATE TABLE device (
            id BLOB PRIMARY KEY,
            replica INTEGER NOT NULL,
            token_hash BLOB NOT NULL UNIQUE,
            enrolled INTEGER NOT NULL,
            last_sync INTEGER,
            clock_offset INTEGER,
            granted INTEGER NOT NULL DEFAULT 0,
            revoked INTEGER
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE device_member (
            device BLOB NOT NULL REFERENCES device,
            member BLOB NOT NULL REFERENCES member,
            PRIMARY KEY (device, member)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX device_member_member ON device_member (member);

        CREATE TABLE invite (
            id BLOB PRIMARY KEY,
            secret_hash BLOB NOT NULL UNIQUE,
            campaign BLOB REFERENCES campaign,
            roles TEXT NOT NULL,
            team BLOB REFERENCES team,
            name TEXT,
            member BLOB REFERENCES member,
            uses INTEGER NOT NULL,
            expires INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE invite_use (
            invite BLOB NOT NULL REFERENCES invite,
            device BLOB NOT NULL REFERENCES device,
            member BLOB NOT NULL REFERENCES member,
            PRIMARY KEY (invite, device)
        ) STRICT, WITHOUT ROWID;

        -- campaign: NULL for the roster; team: of a team's scope; member: of a responses scope;
        -- latest: position of the scope's last segment
        CREATE TABLE scope (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            campaign BLOB REFERENCES campaign,
            team BLOB REFERENCES team,
            member BLOB REFERENCES member,
            latest INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX scope_campaign ON scope (campaign);

        -- replica: the bits of the identifier, as a signed integer
        CREATE TABLE branch (
            number INTEGER PRIMARY KEY,
            scope INTEGER NOT NULL REFERENCES scope,
            replica INTEGER NOT NULL,
            parent INTEGER REFERENCES branch,
            fork_sequence INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            hash BLOB NOT NULL,
            context BLOB NOT NULL
        ) STRICT;
        CREATE INDEX branch_chain ON branch (scope, replica);

        -- after: chain hash of the last change; checks: 8 bytes of the chain hash of each change before the last;
        -- author: the device that made and pushed it; bytes: the segment as it came
        CREATE TABLE segment (
            position INTEGER PRIMARY KEY,
            scope INTEGER NOT NULL REFERENCES scope,
            branch INTEGER NOT NULL REFERENCES branch,
            first_sequence INTEGER NOT NULL,
            last_sequence INTEGER NOT NULL,
            after BLOB NOT NULL,
            rolling_hash BLOB NOT NULL,
            author BLOB NOT NULL,
            received INTEGER NOT NULL,
            clock_offset INTEGER NOT NULL,
            checks BLOB NOT NULL,
            bytes BLOB NOT NULL
        ) STRICT;
        CREATE INDEX segment_scope ON segment (scope, position);
        CREATE UNIQUE INDEX segment_branch ON segment (branch, last_sequence);

        CREATE TABLE report (
            scope INTEGER PRIMARY KEY REFERENCES scope,
            vector BLOB NOT NULL,
            digest BLOB NOT NULL
        ) STRICT;
        """
}
