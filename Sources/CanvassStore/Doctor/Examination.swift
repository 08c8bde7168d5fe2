import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// Holds what a file says of the present against what its log makes of it.
struct Examination {
    var report: DoctorReport

    /// SQLite's own checks: pages, indexes, references.
    mutating func checkStructure(_ connection: inout Connection) throws {
        let checked = try connection.readableRows("PRAGMA integrity_check(100)")
        for row in checked.rows {
            if case .text(let finding)? = row.first, finding != "ok" {
                report.add(.structure, "the file", finding)
            }
        }
        if let damage = checked.damage { report.add(.structure, "the file", damage) }
        let references = try connection.readableRows("PRAGMA foreign_key_check")
        for row in references.rows.prefix(100) {
            if case .text(let table)? = row.first {
                report.add(.structure, "table \(table)", "a row refers to one that does not exist")
            }
        }
    }

    /// Everything that a log makes: tips, digests, entities.
    mutating func compare(_ source: inout Connection, with rebuild: inout Connection) throws {
        try compareTips(&source, &rebuild)
        try compareDigests(&source, &rebuild)
        try compareVoid(&source, &rebuild)
        try compareEntities(&source, &rebuild)
    }

    private mutating func compareTips(_ source: inout Connection, _ rebuild: inout Connection) throws {
        let query = """
            SELECT coalesce(hex(scope.scope), tip.scope), coalesce(hex(replica.replica), tip.replica), sequence, "check",
                is_own, tip.scope, tip.replica
            FROM tip LEFT JOIN scope ON scope.id = tip.scope LEFT JOIN replica ON replica.id = tip.replica
            """
        let stored = try source.readableRows(query)
        if let damage = stored.damage { report.add(.tip, "table tip", "cannot be read (\(damage))") }
        let expected = Set(try rebuild.readableRows(query).rows)
        let found = Set(stored.rows)
        for row in found.subtracting(expected).sorted(by: { $0.words < $1.words }) {
            report.add(
                .tip, "a branch of \(row[1].words) in \(row[0].words)", "ends elsewhere than the table of tips says")
        }
        for row in expected.subtracting(found).sorted(by: { $0.words < $1.words }) {
            report.add(.tip, "a branch of \(row[1].words) in \(row[0].words)", "its end is not in the table of tips")
        }
        let astray = try source.readableRows(
            """
            SELECT hex(scope.scope), hex(replica.replica) FROM tip
            LEFT JOIN scope ON scope.id = tip.scope LEFT JOIN replica ON replica.id = tip.replica
            WHERE NOT EXISTS (SELECT 1 FROM change NOT INDEXED WHERE change.position = tip.position
                AND change.scope = tip.scope AND change.replica = tip.replica
                AND change.sequence = tip.sequence AND change."check" = tip."check")
            """)
        for row in astray.rows {
            report.add(
                .tip, "a branch of \(row[1].words) in \(row[0].words)",
                "its end does not stand where the table of tips says")
        }
    }

    private mutating func compareDigests(_ source: inout Connection, _ rebuild: inout Connection) throws {
        let query = "SELECT id, digest, scope FROM scope ORDER BY id"
        let stored = try source.readableRows("SELECT id, digest FROM scope NOT INDEXED")
        let digests = Dictionary(stored.rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
        for row in try rebuild.readableRows(query).rows where digests[row[0]] != row[1] {
            guard case .blob(let bytes) = row[2] else { continue }
            let scope = (try? ScopeID(bytes: bytes))?.description ?? row[0].words
            report.add(.digest, "scope \(scope)", "its digest is not that of its changes")
        }
    }

    /// What is marked and what is erased, and whether every void change has lost its body.
    private mutating func compareVoid(_ source: inout Connection, _ rebuild: inout Connection) throws {
        let queries = [
            ("mark", "SELECT scope, replica, sequence, \"check\", reason FROM mark"),
            ("erasure", "SELECT DISTINCT scope, hash FROM erasure"),
        ]
        for (table, query) in queries {
            let stored = try source.readableRows(query)
            if let damage = stored.damage { report.add(.table, "table \(table)", "cannot be read (\(damage))") }
            let difference = Set(stored.rows).symmetricDifference(try rebuild.readableRows(query).rows)
            guard !difference.isEmpty else { continue }
            report.add(.table, "table \(table)", "differs from what the log makes in \(difference.count) rows")
        }
        let query = "SELECT count(*) FROM change NOT INDEXED WHERE body IS NULL"
        let (kept, void) = (try source.readableInteger(query) ?? 0, try rebuild.readableInteger(query) ?? 0)
        if kept < void {
            report.add(.change, "the log", "\(void - kept) void changes still have a body, which may not be shown")
        }
    }

    private mutating func compareEntities(_ source: inout Connection, _ rebuild: inout Connection) throws {
        var versions: Int64 = 0
        var last: Int64 = 0
        while true {
            let keys = try rebuild.entityKeys(after: last)
            guard let end = keys.last else { break }
            last = end.row
            for key in keys {
                report.entities += 1
                let expected = try rebuild.storedRow(key)
                versions += Int64(expected?.versions.count ?? 0)
                compare(try source.readableStoredRow(key), expected, key)
            }
        }
        let stored = try source.readableInteger("SELECT count(*) FROM entity NOT INDEXED")
        if stored != Int64(report.entities) {
            report.add(
                .entity, "table entity",
                "holds \(stored.map(String.init) ?? "unreadable") rows; the log makes \(report.entities)")
        }
        let storedVersions = try source.readableInteger("SELECT count(*) FROM version NOT INDEXED")
        if storedVersions != versions {
            report.add(
                .entity, "table version",
                "holds \(storedVersions.map(String.init) ?? "unreadable") rows; the log makes \(versions)")
        }
    }

    private mutating func compare(
        _ found: StoredRow?, _ expected: StoredRow?, _ key: EntityKey
    ) {
        guard found != expected else { return }
        let place = "\(key.kind) \((try? EntityID(bytes: key.entity))?.description ?? "with a damaged id")"
        guard let found, let expected else { return report.add(.entity, place, "is missing, or cannot be read") }
        var parts: [String] = []
        if found.columns[0] != expected.columns[0] { parts.append("whether it lives") }
        if found.fields != expected.fields { parts.append("its values") }
        if found.columns.dropFirst() != expected.columns.dropFirst() { parts.append("its clocks") }
        if found.versions != expected.versions { parts.append("its other versions") }
        report.add(.entity, place, "differs from what the log makes: \(parts.joined(separator: ", "))")
    }
}

/// An entity as its rows hold it, in values that can be compared between two files.
struct StoredRow: Equatable {
    var columns: [SQLiteValue]
    var fields: Value?
    var versions: [[SQLiteValue]]
}

/// An entity of a rebuilt file. Scopes have the same rows in both files; kinds may not.
private struct EntityKey {
    var row: Int64
    var scope: Int64
    var entity: [UInt8]
    var kind: String
}

extension Connection {
    fileprivate mutating func entityKeys(after row: Int64) throws -> [EntityKey] {
        var statement = try cached(
            """
            SELECT entity.id, scope, entity, term.text FROM entity JOIN term ON term.id = entity.kind
            WHERE entity.id > ?1 ORDER BY entity.id LIMIT 256
            """)
        try statement.bind(row, at: 1)
        defer { statement.reset() }
        var keys: [EntityKey] = []
        while try statement.step() {
            keys.append(
                EntityKey(
                    row: statement.int64(at: 0), scope: statement.int64(at: 1), entity: statement.bytes(at: 2),
                    kind: statement.text(at: 3)))
        }
        return keys
    }

    fileprivate mutating func readableStoredRow(_ key: EntityKey) throws -> StoredRow? {
        do {
            return try storedRow(key)
        } catch let error as SQLiteError where error.isDamage {
            return nil
        }
    }

    fileprivate mutating func storedRow(_ key: EntityKey) throws -> StoredRow? {
        var statement = try cached(
            """
            SELECT is_alive, stamp, replica, sequence, "check", clocks, versions, unknown_operations, fields, id
            FROM entity WHERE scope = ?1 AND entity = ?2 AND kind = (SELECT id FROM term WHERE text = ?3)
            """)
        try statement.bind(key.scope, at: 1)
        try statement.bind(key.entity, at: 2)
        try statement.bind(key.kind, at: 3)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        return StoredRow(
            columns: (0..<8).map { statement.value(at: $0) }, fields: try? JSON.decode(statement.bytes(at: 8)),
            versions: try versionRows(of: statement.int64(at: 9)))
    }

    private mutating func versionRows(of entity: Int64) throws -> [[SQLiteValue]] {
        var statement = try cached(
            """
            SELECT field, element, value, stamp, replica, sequence, "check", is_conflict FROM version WHERE entity = ?1
            ORDER BY field, element, replica, sequence, "check"
            """)
        try statement.bind(entity, at: 1)
        defer { statement.reset() }
        var rows: [[SQLiteValue]] = []
        while try statement.step() { rows.append((0..<8).map { statement.value(at: $0) }) }
        return rows
    }
}

extension SQLiteValue {
    var words: String {
        switch self {
        case .null: "nothing"
        case .integer(let integer): String(integer)
        case .real(let real): String(real)
        case .text(let text): text
        case .blob: "bytes"
        }
    }
}

extension [SQLiteValue] {
    fileprivate var words: String { map(\.words).joined(separator: " ") }
}
