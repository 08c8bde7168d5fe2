import CanvassSQLite

/// The tables of a replica file. Every name here is an interface: people read the file with any SQLite tool.
enum Schema {
    /// "Cnvs", in the header of every replica file (https://sqlite.org/pragma.html#pragma_application_id).
    static let applicationID: Int32 = 0x436E_7673

    /// The log and all that follows from it: what a repair or a salvage makes anew, in an order in which rows refer to
    /// earlier ones.
    static let tablesOfTheLog = [
        "scope", "replica", "term", "change", "tip", "entity", "version", "edit", "mark", "erasure", "newer",
    ]

    /// What the relay told of itself: good until it turns out to be another one, or an older self.
    static let tablesOfTheRelay = ["relay_tip", "told", "caught_up"]

    static let migrations = [
        Migration(version: 1, sql: version1 + SchemaViews.version1),
        Migration(version: 2) { connection in
            try connection.execute(version2 + voidChanges + SchemaViews.version2 + SchemaViews.voidChanges)
            try connection.findNewerChanges()
            try connection.applyMergePolicies()
        },
        Migration(version: 3, sql: carrying),
    ]

    /// - `mark` names the changes that a mark voids, whether they are here or not. A void change keeps its place in
    ///   `change` without its body, so a change without a body is void.
    /// - `erasure` holds the hash of the id of what was erased, once for each change that erases it.
    /// - `quarantine` also keeps what void changes were to do, unless they are about what was erased (`is_void`).
    private static let voidChanges = """
        CREATE TABLE mark (
            scope INTEGER NOT NULL REFERENCES scope, replica INTEGER NOT NULL, sequence INTEGER NOT NULL,
            "check" INTEGER NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY (scope, replica, sequence, "check", reason)) WITHOUT ROWID, STRICT;
        CREATE TABLE erasure (
            scope INTEGER NOT NULL REFERENCES scope, hash BLOB NOT NULL, position INTEGER NOT NULL REFERENCES change,
            PRIMARY KEY (scope, hash, position)) WITHOUT ROWID, STRICT;
        CREATE INDEX erasure_by_change ON erasure (position);
        CREATE INDEX change_void ON change (scope) WHERE body IS NULL;
        ALTER TABLE quarantine ADD COLUMN is_void INTEGER NOT NULL DEFAULT 0;

        """

    /// Scopes, replicas and terms (kinds and fields) are interned: their rows are small integers everywhere else.
    ///
    /// - `change` is the log. `position` is the order of application; `previous` is the check of the change before it on
    ///   its chain; `context_at` is the position of the latest change of the chain that wrote its whole context down (0:
    ///   the context is empty); a body that was erased is null and leaves its hash.
    /// - `tip` holds the last change of every branch held; `is_own` marks the branch that this replica writes on.
    /// - `entity` holds the merged present: `fields` is the JSON of the winners; `stamp` and the dot beside it belong to
    ///   every field that `clocks` does not list.
    ///   `versions` counts its rows in `version`.
    /// - `version` holds every version that is not the winner of a plain field: concurrent ones and elements of
    ///   sets; `value` and `element` are JSON.
    /// - `edit` lists the changes that touched an entity after the one that made its row, which the row itself names: a
    ///   response that nobody corrects costs nothing here (decision 0003).
    /// - `relay_tip` is the relay's vector, as it last told it.
    /// - `quarantine` keeps what `canvass doctor` took out of the log, as it lay there; `scope` and `replica` are ids, null
    ///   where they could not be read.
    private static let version1 = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) WITHOUT ROWID, STRICT;
        CREATE TABLE scope (
            id INTEGER PRIMARY KEY, scope BLOB NOT NULL UNIQUE, kind TEXT NOT NULL, owner BLOB NOT NULL,
            digest INTEGER NOT NULL DEFAULT 0, campaign BLOB, team BLOB, is_granted INTEGER NOT NULL DEFAULT 0,
            is_covered INTEGER NOT NULL DEFAULT 0, is_reported INTEGER NOT NULL DEFAULT 1) STRICT;
        CREATE TABLE replica (id INTEGER PRIMARY KEY, replica BLOB NOT NULL UNIQUE) STRICT;
        CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE change (
            position INTEGER PRIMARY KEY, scope INTEGER NOT NULL REFERENCES scope, replica INTEGER NOT NULL,
            sequence INTEGER NOT NULL, "check" INTEGER NOT NULL, previous INTEGER NOT NULL, hash BLOB NOT NULL,
            head BLOB NOT NULL, body BLOB, body_hash BLOB, context BLOB, context_at INTEGER NOT NULL,
            UNIQUE (scope, replica, sequence, "check")) STRICT;
        CREATE INDEX change_by_scope ON change (scope, position);
        CREATE TABLE tip (
            scope INTEGER NOT NULL REFERENCES scope, replica INTEGER NOT NULL, sequence INTEGER NOT NULL,
            "check" INTEGER NOT NULL, position INTEGER NOT NULL, is_own INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (scope, replica, sequence, "check")) WITHOUT ROWID, STRICT;
        CREATE INDEX tip_own ON tip (scope) WHERE is_own;
        CREATE TABLE relay_tip (
            scope INTEGER NOT NULL REFERENCES scope, replica INTEGER NOT NULL, sequence INTEGER NOT NULL,
            "check" INTEGER NOT NULL,
            PRIMARY KEY (scope, replica, sequence, "check")) WITHOUT ROWID, STRICT;
        CREATE TABLE entity (
            id INTEGER PRIMARY KEY, scope INTEGER NOT NULL REFERENCES scope, entity BLOB NOT NULL,
            kind INTEGER NOT NULL REFERENCES term, is_alive INTEGER NOT NULL, fields TEXT NOT NULL,
            stamp INTEGER NOT NULL, replica INTEGER NOT NULL, sequence INTEGER NOT NULL, "check" INTEGER NOT NULL,
            clocks BLOB, versions INTEGER NOT NULL DEFAULT 0, unknown_operations INTEGER NOT NULL DEFAULT 0,
            UNIQUE (scope, entity, kind)) STRICT;
        CREATE INDEX entity_by_id ON entity (entity);
        CREATE INDEX entity_by_kind ON entity (kind, scope, is_alive);
        CREATE INDEX entity_with_unknown ON entity (unknown_operations) WHERE unknown_operations > 0;
        CREATE TABLE version (
            id INTEGER PRIMARY KEY, entity INTEGER NOT NULL REFERENCES entity, field TEXT NOT NULL, element TEXT,
            value TEXT NOT NULL, stamp INTEGER NOT NULL, replica INTEGER NOT NULL, sequence INTEGER NOT NULL,
            "check" INTEGER NOT NULL, is_conflict INTEGER NOT NULL) STRICT;
        CREATE INDEX version_by_entity ON version (entity);
        CREATE INDEX version_in_conflict ON version (entity) WHERE is_conflict;
        CREATE TABLE edit (
            entity INTEGER NOT NULL REFERENCES entity, position INTEGER NOT NULL REFERENCES change,
            PRIMARY KEY (entity, position)) WITHOUT ROWID, STRICT;
        CREATE TABLE member (
            id BLOB PRIMARY KEY, name TEXT NOT NULL, campaign BLOB, roles TEXT NOT NULL, team BLOB, language TEXT,
            is_own INTEGER NOT NULL) WITHOUT ROWID, STRICT;
        CREATE INDEX member_own ON member (name) WHERE is_own;
        CREATE TABLE device (
            id BLOB NOT NULL, member BLOB NOT NULL, PRIMARY KEY (id, member)) WITHOUT ROWID, STRICT;
        CREATE TABLE team (id BLOB PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID, STRICT;
        CREATE TABLE clock (
            position INTEGER PRIMARY KEY, time INTEGER NOT NULL, offset INTEGER NOT NULL) STRICT;
        CREATE TABLE quarantine (
            id INTEGER PRIMARY KEY, scope BLOB, replica BLOB, sequence INTEGER NOT NULL, "check" INTEGER NOT NULL,
            previous INTEGER NOT NULL, hash BLOB NOT NULL, head BLOB NOT NULL, body BLOB,
            reason TEXT NOT NULL) STRICT;

        """
}
