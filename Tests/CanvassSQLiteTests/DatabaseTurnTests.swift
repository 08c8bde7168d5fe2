import CanvassSQLite
import Testing

@Suite struct DatabaseTurnTests {
    let folder: TemporaryFolder
    let database: Database

    init() throws {
        folder = try TemporaryFolder()
        database = try Database(path: folder.database)
        try database.write { try $0.execute("CREATE TABLE item (id INTEGER PRIMARY KEY)") }
    }

    private struct Refusal: Error {}

    private func sum() throws -> Int64 {
        try database.read { connection in try connection.number("SELECT total(id) FROM item") }
    }

    @Test func `a turn commits what its callers did, without the one that failed`() throws {
        try database.beginWrite()
        #expect(database.isWriting)
        try database.withOpenWrite { try $0.run("INSERT INTO item VALUES (1)") }
        #expect(throws: Refusal.self) {
            try database.withOpenWrite { connection in
                try connection.run("INSERT INTO item VALUES (2)")
                throw Refusal()
            }
        }
        try database.withOpenWrite { try $0.run("INSERT INTO item VALUES (4)") }
        #expect(try sum() == 0)
        try database.commitWrite()
        #expect(try sum() == 5)
        #expect(!database.isWriting)
    }

    @Test func `a turn rolled back leaves nothing and lets others write`() throws {
        try database.beginWrite()
        try database.withOpenWrite { try $0.run("INSERT INTO item VALUES (1)") }
        database.rollbackWrite()
        try Database(path: folder.database).write { try $0.run("INSERT INTO item VALUES (2)") }
        #expect(try sum() == 2)
    }

    @Test func `a turn whose transaction ended cannot be committed`() throws {
        try database.beginWrite()
        try database.withOpenWrite { try $0.run("INSERT INTO item VALUES (1)") }
        #expect(throws: SQLiteError.self) {
            try database.withOpenWrite { try $0.run("INSERT OR ROLLBACK INTO item VALUES (1)") }
        }
        #expect(throws: SQLiteError.self) { try database.commitWrite() }
        #expect(!database.isWriting)
        #expect(try sum() == 0)
        try database.write { try $0.run("INSERT INTO item VALUES (3)") }
    }

    @Test func `other threads wait for a turn to end`() async throws {
        let database = database
        let failures = await onThreads(8) { thread in
            for round in 0..<20 {
                if thread == 0 {
                    try database.beginWrite()
                    for step in 0..<3 {
                        try database.withOpenWrite {
                            try $0.run("INSERT INTO item VALUES (?1)", .integer(Int64(round * 3 + step + 10_000)))
                        }
                    }
                    try database.commitWrite()
                } else {
                    try database.write {
                        try $0.run("INSERT INTO item VALUES (?1)", .integer(Int64(thread * 100 + round)))
                    }
                }
            }
        }
        #expect(failures == [])
        let count = try database.read { try $0.number("SELECT count(*) FROM item") }
        #expect(count == 7 * 20 + 60)
    }
}
