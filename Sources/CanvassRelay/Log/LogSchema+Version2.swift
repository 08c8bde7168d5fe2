extension LogSchema {
    /// Marks, bodies dropped for them, and what they rest on.
    static let version2 = """
        -- is_relay: whether the relay wrote the branch, this one or one whose log was lost
        ALTER TABLE branch ADD COLUMN is_relay INTEGER NOT NULL DEFAULT 0;
        UPDATE branch SET is_relay = 1 WHERE number IN (
            SELECT branch FROM segment WHERE author = (SELECT value FROM meta WHERE name = 'organisation'));

        -- dropped: how many of its changes have no body any more
        ALTER TABLE segment ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;

        -- A change that is void, held or not. change_check: 8 bytes; position: of the change that holds the first mark on
        -- it; branch: that the void change lies on, NULL while it is not held
        CREATE TABLE mark (
            scope INTEGER NOT NULL REFERENCES scope,
            replica INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            change_check BLOB NOT NULL,
            reason TEXT NOT NULL,
            position INTEGER NOT NULL,
            branch INTEGER REFERENCES branch,
            PRIMARY KEY (scope, replica, sequence, change_check)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX mark_branch ON mark (branch, sequence);

        -- The body of a change that is void for another reason than erasure; author: the device, received: milliseconds
        CREATE TABLE quarantine (
            scope INTEGER NOT NULL REFERENCES scope,
            replica INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            change_check BLOB NOT NULL,
            author BLOB NOT NULL,
            received INTEGER NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (scope, replica, sequence, change_check)
        ) STRICT;

        -- What was erased, by the SHA-256 of the entity's id. scope: that holds the order, the roster for all; id: the
        -- erasure's
        CREATE TABLE erasure (
            scope INTEGER NOT NULL REFERENCES scope,
            hash BLOB NOT NULL,
            id BLOB NOT NULL,
            PRIMARY KEY (scope, hash, id)
        ) STRICT, WITHOUT ROWID;

        -- The devices that have not confirmed an erasure: their bookmark has to reach the position. scope, erasure: of the
        -- order. A device of another time need not be enrolled here
        CREATE TABLE awaiting (
            device BLOB NOT NULL,
            scope INTEGER NOT NULL REFERENCES scope,
            erasure BLOB NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (device, scope, erasure)
        ) STRICT, WITHOUT ROWID;
        """
}
