extension Schema {
    /// What a replica keeps so that any device can refill a relay, and for changes that travel in bundles. Scopes and
    /// replicas are named by their ids, so that a repair or a salvage of the log leaves these rows as they are.
    ///
    /// - `seal` holds the seals on the end of a run of changes: of the device that made them, as they came with the
    ///   segment, and of the relay, with the hash of the void list that it covers. `waits` is 1 where the relay did not
    ///   know the device yet, 2 where it found no seal that holds.
    /// - `certificate` holds those of other devices, as bundles bring them.
    /// - `told` says at which position of the relay's log it held what: what a backup up to there holds, too.
    /// - `caught_up` holds the ends of what the relay sent of scopes that its bookmark does not cover yet.
    /// - `pending` keeps segments of bundles that cannot be applied yet, because something before them has not come.
    /// - `provisional` lists runs of changes of other devices that came by a bundle and that the relay has not confirmed.
    ///   Its key comes first: SQLite 3.40 finds damage where another column stands before it (`PRAGMA integrity_check`).
    /// - `peer` says what the makers of bundles hold.
    /// - `forgotten` lists scopes that were dropped because a backup of the relay holds them, and that a sync leaves out;
    ///   `former` the identities that this replica wrote with before it dropped its own changes.
    static let carrying = """
        CREATE TABLE seal (
            scope BLOB NOT NULL, replica BLOB NOT NULL, sequence INTEGER NOT NULL, "check" INTEGER NOT NULL,
            device BLOB, relay BLOB, void_list BLOB, waits INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (scope, replica, sequence, "check")) WITHOUT ROWID, STRICT;
        CREATE INDEX seal_waiting ON seal (waits) WHERE waits > 0;
        CREATE TABLE certificate (
            device BLOB NOT NULL, certificate BLOB NOT NULL, issued INTEGER NOT NULL,
            PRIMARY KEY (device, certificate)) WITHOUT ROWID, STRICT;
        CREATE TABLE told (
            scope BLOB NOT NULL, position INTEGER NOT NULL, vector BLOB NOT NULL,
            PRIMARY KEY (scope, position)) WITHOUT ROWID, STRICT;
        CREATE TABLE caught_up (
            scope BLOB NOT NULL, replica BLOB NOT NULL, sequence INTEGER NOT NULL, "check" INTEGER NOT NULL,
            PRIMARY KEY (scope, replica, sequence, "check")) WITHOUT ROWID, STRICT;
        CREATE TABLE pending (
            id INTEGER PRIMARY KEY, scope BLOB NOT NULL, replica BLOB NOT NULL, sequence INTEGER NOT NULL,
            "check" INTEGER NOT NULL, changes INTEGER NOT NULL, segment BLOB NOT NULL,
            UNIQUE (scope, replica, sequence, "check")) STRICT;
        CREATE TABLE provisional (
            scope BLOB NOT NULL, replica BLOB NOT NULL, sequence INTEGER NOT NULL, "check" INTEGER NOT NULL,
            first INTEGER NOT NULL, PRIMARY KEY (scope, replica, sequence, "check")) WITHOUT ROWID, STRICT;
        CREATE TABLE peer (
            replica BLOB NOT NULL, scope BLOB NOT NULL, vector BLOB NOT NULL,
            PRIMARY KEY (replica, scope)) WITHOUT ROWID, STRICT;
        CREATE TABLE forgotten (
            scope BLOB PRIMARY KEY, changes INTEGER NOT NULL, time INTEGER NOT NULL) WITHOUT ROWID, STRICT;
        CREATE TABLE former (replica BLOB PRIMARY KEY) WITHOUT ROWID, STRICT;

        """
}
