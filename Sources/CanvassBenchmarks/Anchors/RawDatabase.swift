import CanvassSQLite
import Foundation

/// The anchor of everything durable: the same bytes in two plain tables, in WAL mode with `synchronous = FULL`, and
/// nothing else. No merge, no hash, no lock file.
struct RawDatabase: ~Copyable {
    private var connection: Connection

    init(at file: URL) throws {
        var connection = try Connection(path: file.path, mode: .create)
        try connection.execute(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            CREATE TABLE change (position INTEGER PRIMARY KEY, hash BLOB NOT NULL, head BLOB NOT NULL, body BLOB NOT NULL);
            CREATE TABLE state (id INTEGER PRIMARY KEY, entity BLOB NOT NULL UNIQUE, fields TEXT NOT NULL);
            """)
        self.connection = connection
    }

    /// Inserts rows, durable when this returns.
    mutating func commit(_ rows: some Sequence<StoredRow>) throws {
        try connection.transaction { connection in
            var change = try connection.cached("INSERT INTO change (hash, head, body) VALUES (?1, ?2, ?3)")
            var state = try connection.cached("INSERT INTO state (entity, fields) VALUES (?1, ?2)")
            for row in rows {
                try change.bind(row.hash, at: 1)
                try change.bind(row.head, at: 2)
                try change.bind(row.body, at: 3)
                try change.run()
                try state.bind(row.entity, at: 1)
                try state.bind(row.fields, at: 2)
                try state.run()
            }
        }
    }

    /// The seconds that a fresh database at `file` takes for all rows, with a durable commit each `batchSize` of them.
    static func secondsToInsert(_ rows: [StoredRow], batchSize: Int, at file: URL) throws -> Double {
        var database = try RawDatabase(at: file)
        let start = ContinuousClock.now
        for first in stride(from: 0, to: rows.count, by: batchSize) {
            try database.commit(rows[first..<min(first + batchSize, rows.count)])
        }
        return start.secondsUntilNow
    }
}
