import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import TestSupport
import Testing

@Suite struct SchemaMigrationTests {
    /// A file as version 1 wrote it: without what the later ones added, and with conflicts about everything.
    private func makeVersion1(_ path: String, place: String) throws {
        let database = try Database(path: path, options: DatabaseOptions(mode: .readWrite))
        try database.write { connection in
            try connection.execute(
                """
                DROP TABLE seal; DROP TABLE certificate; DROP TABLE told; DROP TABLE pending; DROP TABLE provisional;
                DROP TABLE peer; DROP TABLE forgotten; DROP TABLE former; DROP TABLE caught_up;
                DROP TABLE newer; DROP TABLE draft; DROP TABLE mark; DROP TABLE erasure; DROP INDEX change_void;
                DROP VIEW changes; DROP VIEW conflicts; ALTER TABLE quarantine DROP COLUMN is_void;
                CREATE VIEW conflicts AS SELECT 1 AS field; CREATE VIEW changes AS SELECT 1 AS position;
                UPDATE version SET is_conflict = 1 WHERE field = '\(place)';
                PRAGMA user_version = 1;
                """)
        }
    }

    @Test func `a file of version 1 gets the tables, the policies and the count of version 2`() throws {
        let folder = try TemporaryFolder()
        do {
            let (left, right) = (try folder.store(1), try folder.store(2))
            let changes = try [left, right].enumerated().flatMap { index, store in
                [
                    try store.put(.integer(Int64(index)), "a"),
                    try store.put([.null, .text("\(index)")], Place.field),
                    try store.note(2, [.init(.put(.foreign([0xF7])), field: "a")]),
                ]
            }
            try left.apply(changes)
            #expect(try left.conflicts().map(\.field) == ["a"])
        }
        let path = folder.path("1.canvass")
        try makeVersion1(path, place: Place.field)
        let store = try ReplicaStore.open(path: path)
        #expect(try store.database.query("PRAGMA user_version").rows == [[.integer(3)]])
        #expect(try store.conflicts().map(\.field) == ["a"])
        #expect(try store.database.query("SELECT field FROM conflicts").rows == [[.text("a")]])
        #expect(try store.database.read { try $0.newerCount() } == NewerCount(changes: 2, values: 2))
        #expect(try store.database.query("SELECT count(*) FROM draft").rows == [[.integer(0)]])
        // And it goes on.
        try store.put("more", of: 3)
        #expect(try ReplicaStore.examine(path: path, repairing: false).findings.isEmpty)
    }
}
