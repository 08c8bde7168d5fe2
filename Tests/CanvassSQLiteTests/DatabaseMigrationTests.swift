import CanvassSQLite
import Foundation
import Testing

@Suite struct DatabaseMigrationTests {
    let folder: TemporaryFolder
    let path: String
    let steps = [
        Migration(version: 1, sql: "CREATE TABLE a (x); INSERT INTO a VALUES (1)"),
        Migration(version: 2) { connection in try connection.execute("UPDATE a SET x = x + 1") },
        Migration(version: 5, sql: "UPDATE a SET x = x * 10"),
    ]

    init() throws {
        folder = try TemporaryFolder()
        path = folder.database
    }

    private func number(_ database: Database, _ sql: String) throws -> Int64 {
        try database.read { connection in try connection.number(sql) }
    }

    @Test func `each step runs once`() throws {
        let database = try Database(path: path)
        try database.migrate(to: Array(steps.prefix(1)), applicationID: 77)
        #expect(try number(database, "SELECT x FROM a") == 1)
        for _ in 0..<3 { try database.migrate(to: steps, applicationID: 77) }
        #expect(try number(database, "SELECT x FROM a") == 20)
        #expect(try number(database, "PRAGMA user_version") == 5)
        #expect(try number(database, "PRAGMA application_id") == 77)
    }

    @Test func `a failing step leaves the schema before it`() throws {
        let database = try Database(path: path)
        let broken = Migration(version: 6, sql: "CREATE TABLE b (x); nonsense")
        #expect(throws: SQLiteError.self) { try database.migrate(to: steps + [broken], applicationID: 77) }
        #expect(try number(database, "PRAGMA user_version") == 5)
        #expect(try number(database, "SELECT count(*) FROM sqlite_schema") == 1)
        try database.migrate(to: steps, applicationID: 77)
    }

    @Test func `a newer database is refused`() throws {
        try Database(path: path).migrate(to: steps, applicationID: 77)
        #expect(throws: SchemaError.newer(found: 5, known: 2)) {
            try Database(path: path).migrate(to: Array(steps.prefix(2)), applicationID: 77)
        }
    }

    @Test func `another program's database is refused and not changed`() throws {
        var other = try Connection(path: path, mode: .create)
        try other.execute("CREATE TABLE places (url)")
        let before = try Data(contentsOf: URL(filePath: path))
        #expect(throws: SchemaError.foreign(applicationID: 0)) {
            try Database(path: path).migrate(to: steps, applicationID: 77)
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        try other.execute("PRAGMA application_id = -5")
        #expect(throws: SchemaError.foreign(applicationID: -5)) {
            try Database(path: path).migrate(to: steps, applicationID: 77)
        }
    }

    /// A copy of one file, as it travels.
    @Test(arguments: ["PRAGMA application_id = 78", "PRAGMA user_version = 99"])
    func `a file that is refused gets no company`(change: String) throws {
        do {
            let database = try Database(path: path)
            try database.migrate(to: steps, applicationID: 77)
            try database.write { try $0.execute(change) }
        }
        let bytes = try Data(contentsOf: URL(filePath: path))
        for name in try folder.names { try FileManager.default.removeItem(atPath: folder.file(name)) }
        try bytes.write(to: URL(filePath: path))
        #expect(throws: SchemaError.self) { try Database(path: path).migrate(to: steps, applicationID: 77) }
        #expect(try folder.names == ["replica.canvass"])
        #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
    }

    @Test(arguments: [OpenMode.readOnly, .readWrite]) func `a database with a trigger is refused`(mode: OpenMode) throws
    {
        do {
            let database = try Database(path: path)
            try database.migrate(to: steps, applicationID: 77)
            try database.write {
                try $0.execute("CREATE TRIGGER quiet AFTER INSERT ON a BEGIN DELETE FROM a; END")
            }
        }
        let database = try Database(path: path, options: DatabaseOptions(mode: mode))
        #expect(throws: SchemaError.altered(trigger: "quiet")) { try database.migrate(to: steps, applicationID: 77) }
        #expect(try number(database, "SELECT count(*) FROM a") == 1)
    }

    @Test func `another program's log stays beside its database`() throws {
        var other = try Connection(path: path, mode: .create)
        try other.execute("PRAGMA journal_mode = WAL; CREATE TABLE places (url)")
        let log = try Data(contentsOf: URL(filePath: path + "-wal"))
        #expect(throws: SchemaError.foreign(applicationID: 0)) {
            try Database(path: path).migrate(to: steps, applicationID: 77)
        }
        #expect(try Data(contentsOf: URL(filePath: path + "-wal")) == log)
        #expect(try folder.names == ["replica.canvass", "replica.canvass-wal", "replica.canvass-shm"])
        try other.execute("CREATE TABLE more (url)")
    }

    @Test func `our database in another journal mode returns to WAL`() throws {
        try Database(path: path).migrate(to: steps, applicationID: 77)
        do {
            var other = try Connection(path: path, mode: .readWrite)
            try other.execute("PRAGMA journal_mode = DELETE")
        }
        let database = try Database(path: path)
        try database.migrate(to: steps, applicationID: 77)
        try database.write { try $0.execute("CREATE TABLE b (x)") }
        #expect(try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int ?? 0 > 0)
    }

    @Test func `an older database opened for reading is refused`() throws {
        try Database(path: path).migrate(to: Array(steps.prefix(2)), applicationID: 77)
        let database = try Database(path: path, options: DatabaseOptions(mode: .readOnly))
        #expect(throws: SchemaError.older(found: 2, known: 5)) { try database.migrate(to: steps, applicationID: 77) }
        try database.migrate(to: Array(steps.prefix(2)), applicationID: 77)
    }

    @Test func `many that open a new file at once agree`() async throws {
        let (path, steps) = (path, steps)
        let failures = await onThreads(12) { _ in
            try Database(path: path).migrate(to: steps, applicationID: 77)
        }
        #expect(failures == [])
        #expect(try number(Database(path: path), "SELECT x FROM a") == 20)
    }
}
