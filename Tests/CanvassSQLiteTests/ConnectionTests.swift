import CanvassSQLite
import Testing

@Suite struct ConnectionTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func open() throws -> Connection {
        var connection = try Connection(path: folder.database, mode: .create)
        try connection.execute("CREATE TABLE item (id INTEGER PRIMARY KEY)")
        return connection
    }

    private struct Refusal: Error {}

    @Test func `a transaction that throws leaves nothing`() throws {
        var connection = try open()
        #expect(throws: Refusal.self) {
            try connection.transaction { connection in
                try connection.run("INSERT INTO item DEFAULT VALUES")
                throw Refusal()
            }
        }
        #expect(try connection.number("SELECT count(*) FROM item") == 0)
        let isInTransaction = connection.isInTransaction
        #expect(!isInTransaction)
    }

    @Test func `a commit that fails leaves nothing`() throws {
        var connection = try open()
        try connection.execute(
            """
            PRAGMA foreign_keys = ON;
            CREATE TABLE part (item REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED);
            """)
        let error = #expect(throws: SQLiteError.self) {
            try connection.transaction { try $0.execute("INSERT INTO part VALUES (99)") }
        }
        #expect(error?.isConstraint == true)
        let isInTransaction = connection.isInTransaction
        #expect(!isInTransaction)
        #expect(try connection.number("SELECT count(*) FROM part") == 0)
    }

    @Test func `a savepoint undoes its own changes only`() throws {
        var connection = try open()
        try connection.transaction { connection in
            try connection.run("INSERT INTO item VALUES (1)")
            #expect(throws: Refusal.self) {
                try connection.savepoint { connection in
                    try connection.run("INSERT INTO item VALUES (2)")
                    throw Refusal()
                }
            }
            try connection.savepoint { try $0.run("INSERT INTO item VALUES (3)") }
        }
        #expect(try connection.number("SELECT sum(id) FROM item") == 4)
    }

    @Test func `an error that ends the transaction is the one thrown`() throws {
        var connection = try open()
        let error = #expect(throws: SQLiteError.self) {
            try connection.transaction { connection in
                try connection.run("INSERT INTO item VALUES (1)")
                try connection.savepoint { try $0.run("INSERT OR ROLLBACK INTO item VALUES (1)") }
            }
        }
        #expect(error?.isConstraint == true)
        let isInTransaction = connection.isInTransaction
        #expect(!isInTransaction)
    }

    @Test func `a full file says so`() throws {
        var connection = try open()
        try connection.execute("PRAGMA max_page_count = 3")
        let error = #expect(throws: SQLiteError.self) {
            try connection.execute("CREATE TABLE big (x); INSERT INTO big VALUES (zeroblob(100000))")
        }
        #expect(error?.isFull == true)
    }

    @Test func `a connection for reading refuses to write`() throws {
        _ = try open()
        var connection = try Connection(path: folder.database, mode: .readOnly)
        let error = #expect(throws: SQLiteError.self) { try connection.execute("INSERT INTO item VALUES (1)") }
        #expect(error?.isReadOnly == true)
    }
}
