import CanvassSQLite
import Foundation
import Testing

@Suite struct DatabaseQueryTests {
    let folder: TemporaryFolder
    let database: Database

    init() throws {
        folder = try TemporaryFolder()
        database = try Database(path: folder.database)
        try database.write {
            try $0.execute(
                "CREATE TABLE item (id INTEGER PRIMARY KEY, name); INSERT INTO item VALUES (1, 'a'), (2, NULL)")
        }
    }

    @Test func `a query returns names and values`() throws {
        let result = try database.query(
            "SELECT id, name AS \"Name\", 1.5, x'00' FROM item WHERE id >= ?1 ORDER BY id", [.integer(1)])
        #expect(result.columns == ["id", "Name", "1.5", "x'00'"])
        #expect(
            result.rows == [
                [.integer(1), .text("a"), .real(1.5), .blob([0])], [.integer(2), .null, .real(1.5), .blob([0])],
            ])
        #expect(!result.isTruncated)
    }

    @Test func `rows past the limit are left out, and it says so`() throws {
        let result = try database.query("SELECT id FROM item", maximumRowCount: 1)
        #expect(result.rows.count == 1)
        #expect(result.isTruncated)
        #expect(try !database.query("SELECT id FROM item", maximumRowCount: 2).isTruncated)
    }

    @Test(arguments: [
        "DELETE FROM item", "DROP TABLE item", "INSERT INTO item VALUES (9, 9) RETURNING id", "VACUUM",
        "VACUUM INTO 'elsewhere'", "PRAGMA journal_mode = DELETE", "PRAGMA wal_checkpoint(TRUNCATE)",
        "PRAGMA user_version = 9", "ATTACH 'other' AS other", "SELECT 1; DELETE FROM item", "BEGIN IMMEDIATE",
        "SELECT load_extension('x')", "", "SELECT",
    ])
    func `what is not one query is refused`(sql: String) throws {
        #expect(throws: SQLiteError.self) { try database.query(sql) }
        #expect(try database.query("SELECT count(*) FROM item").rows == [[.integer(2)]])
        #expect(try database.query("PRAGMA user_version").rows == [[.integer(0)]])
    }

    @Test func `settings of one query do not reach the next`() throws {
        _ = try database.query("PRAGMA query_only = OFF")
        _ = try database.query("BEGIN")
        #expect(throws: SQLiteError.self) { try database.query("DELETE FROM item") }
        try database.write { try $0.run("INSERT INTO item VALUES (3, 'c')") }
        #expect(try database.query("SELECT count(*) FROM item").rows == [[.integer(3)]])
    }

    @Test func `a query that runs too long can be stopped`() async throws {
        let cancellation = Cancellation()
        let thread = Thread {
            Thread.sleep(forTimeInterval: 0.05)
            cancellation.cancel()
        }
        thread.start()
        let error = #expect(throws: SQLiteError.self) {
            try database.query(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
                cancellation: cancellation)
        }
        #expect(error?.isInterrupted == true)
    }

    @Test func `a row handler can stop a query or refuse a row`() throws {
        struct Enough: Error {}
        var seen = 0
        try database.query("SELECT id FROM item") { _ in
        } row: { _ in
            seen += 1
            return false
        }
        #expect(seen == 1)
        #expect(throws: Enough.self) {
            try database.query("SELECT id FROM item") { _ in
                throw Enough()
            } row: { _ in
                true
            }
        }
    }
}
