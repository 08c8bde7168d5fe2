import CanvassCRDT
import CanvassSQLite

extension Schema {
    /// - `newer` lists the changes that hold what only a later version understands; `parts` says what
    ///   (`NewerParts`).
    /// - `draft` holds interviews that are not finished. It never leaves this file: a draft becomes a change when it is
    ///   finished. `id` is the response's; `answers` is JSON, by the names of the questions.
    static let version2 = """
        CREATE TABLE newer (position INTEGER PRIMARY KEY REFERENCES change, parts INTEGER NOT NULL) STRICT;
        CREATE TABLE draft (
            row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, survey BLOB NOT NULL, version BLOB NOT NULL,
            language TEXT, started INTEGER NOT NULL, saved INTEGER NOT NULL, answers TEXT NOT NULL) STRICT;

        """
}

extension Connection {
    /// Fills `newer` for a log that was written before there was one. What cannot be read is the doctor's matter.
    mutating func findNewerChanges() throws {
        var rows = try prepare("SELECT position, body FROM change WHERE body IS NOT NULL")
        while try rows.step() {
            guard let body = try? ChangeBody(decoding: rows.bytes(at: 1)) else { continue }
            try noteNewerParts(body.newerParts, at: rows.int64(at: 0))
        }
    }

    /// Takes out of the conflicts what, by the merge policies of this version, nobody is asked about.
    mutating func applyMergePolicies() throws {
        var rows = try prepare(
            """
            SELECT version.id, version.field, term.text
            FROM version JOIN entity ON entity.id = version.entity JOIN term ON term.id = entity.kind
            WHERE version.is_conflict
            """)
        var settled: [Int64] = []
        while try rows.step() {
            if MergePolicy.of(rows.text(at: 1), kind: rows.text(at: 2)) == .winner { settled.append(rows.int64(at: 0)) }
        }
        for row in settled { try run("UPDATE version SET is_conflict = 0 WHERE id = ?1", .integer(row)) }
    }
}
