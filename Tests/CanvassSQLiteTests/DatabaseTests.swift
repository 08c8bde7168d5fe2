import CanvassSQLite
import Foundation
import Testing

@Suite struct DatabaseTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.database
    }

    private struct Refusal: Error {}

    private func open(_ change: (inout DatabaseOptions) -> Void = { _ in }) throws -> Database {
        var options = DatabaseOptions()
        change(&options)
        let database = try Database(path: path, options: options)
        try database.write { try $0.execute("CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, value)") }
        return database
    }

    private func count(_ database: Database) throws -> Int64 {
        try database.read { connection in try connection.number("SELECT count(*) FROM item") }
    }

    @Test func `the settings are those of the design`() throws {
        let database = try open()
        let values = try database.write { connection in
            try [
                "journal_mode", "synchronous", "wal_autocheckpoint", "temp_store", "mmap_size", "trusted_schema",
                "secure_delete", "foreign_keys",
            ].map { name in
                var statement = try connection.prepare("PRAGMA \(name)")
                return try statement.step() ? statement.text(at: 0) : ""
            }
        }
        #expect(values == ["wal", "2", "0", "2", "0", "0", "1", "1"])
    }

    @Test func `a write is read back, by others too`() throws {
        let database = try open()
        try database.write { try $0.run("INSERT INTO item (value) VALUES (?1)", .text("a")) }
        #expect(try count(database) == 1)
        #expect(try count(Database(path: path)) == 1)
    }

    @Test func `a write that throws leaves nothing and passes the error on`() throws {
        let database = try open()
        #expect(throws: Refusal.self) {
            try database.write { connection in
                try connection.run("INSERT INTO item DEFAULT VALUES")
                throw Refusal()
            }
        }
        #expect(try count(database) == 0)
        try database.write { try $0.run("INSERT INTO item DEFAULT VALUES") }
        #expect(try count(database) == 1)
    }

    @Test func `optional results keep their difference`() throws {
        let database = try open()
        let result: Int64? = try database.write { _ in nil }
        #expect(result == nil)
    }

    @Test func `a read cannot write and sees one snapshot`() throws {
        let database = try open()
        let error = #expect(throws: SQLiteError.self) {
            try database.read { try $0.run("INSERT INTO item DEFAULT VALUES") }
        }
        #expect(error?.isReadOnly == true)
        try database.read { connection in
            #expect(try connection.number("SELECT count(*) FROM item") == 0)
            try database.write { try $0.run("INSERT INTO item DEFAULT VALUES") }
            #expect(try connection.number("SELECT count(*) FROM item") == 0)
        }
        #expect(try count(database) == 1)
    }

    @Test func `an unfinished write is gone after reopening`() throws {
        do {
            let database = try open()
            try database.write { try $0.run("INSERT INTO item VALUES (1, 'kept')") }
            try database.beginWrite()
            try database.withOpenWrite { try $0.run("INSERT INTO item VALUES (2, 'lost')") }
        }
        let database = try open()
        #expect(try count(database) == 1)
        try database.write { try $0.run("INSERT INTO item VALUES (2, 'again')") }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sqlite3")))
    func `what a killed process left unfinished is gone`() throws {
        let database = try open()
        let other = try Shell(
            """
            exec /usr/bin/sqlite3 -cmd 'PRAGMA cache_size = 10' '\(path)' \
            'BEGIN IMMEDIATE; INSERT INTO item VALUES (1, zeroblob(5000000))' \
            ".shell touch '\(path)-ready'" '.shell sleep 2'
            """, readyFile: path + "-ready")
        other.kill()
        #expect(try count(database) == 0)
        try database.write { try $0.run("INSERT INTO item VALUES (1, 'mine')") }
        #expect(try count(database) == 1)
    }

    // An error thrown would end the process with a failure as well, so it is turned into a success.

    @Test func `nested writes trap`() async {
        await #expect(processExitsWith: .failure) { [path = path as String] in
            do {
                let database = try Database(path: path)
                try database.write { _ in try database.write { _ in } }
            } catch {
                exit(EXIT_SUCCESS)
            }
        }
    }

    @Test func `a write inside an open turn traps`() async {
        await #expect(processExitsWith: .failure) { [path = path as String] in
            do {
                let database = try Database(path: path)
                try database.beginWrite()
                try database.write { _ in }
            } catch {
                exit(EXIT_SUCCESS)
            }
        }
    }

    @Test func `closing leaves one whole file`() throws {
        do {
            let database = try open()
            try database.write { try $0.run("INSERT INTO item VALUES (1, 'x')") }
            #expect(try folder.size(of: "replica.canvass-wal") > 0)
        }
        #expect(try folder.size(of: "replica.canvass-wal") == 0)
        try FileManager.default.copyItem(atPath: path, toPath: folder.file("copy"))
        #expect(try count(Database(path: folder.file("copy"))) == 1)
    }

    @Test func `closing does not wait for a reader`() throws {
        let reading = try open()
        try reading.read { connection in
            #expect(try connection.number("SELECT count(*) FROM item") == 0)
            do {
                let writing = try open()
                try writing.write { try $0.run("INSERT INTO item DEFAULT VALUES") }
                #expect(try !writing.truncateLog())
            }
            #expect(try connection.number("SELECT count(*) FROM item") == 0)
        }
        #expect(try count(reading) == 1)
        #expect(try reading.truncateLog())
    }

    @Test func `the log stays bounded`() throws {
        let database = try open { $0.checkpointThresholdBytes = 256 << 10 }
        for number in 0..<400 {
            try database.write {
                try $0.run(
                    "INSERT INTO item (value) VALUES (?1)",
                    .blob([UInt8](repeating: UInt8(number & 255), count: 10_000)))
            }
        }
        #expect(try folder.size(of: "replica.canvass-wal") < 512 << 10)
        #expect(try folder.size(of: "replica.canvass") > 3 << 20)
        #expect(database.checkpointFailure == nil)
    }

    @Test func `the log shrinks back to its bound after a long read`() throws {
        let database = try open { $0.checkpointThresholdBytes = 64 << 10 }
        func fill(_ rounds: Int) throws {
            for _ in 0..<rounds {
                try database.write { try $0.run("INSERT INTO item (value) VALUES (zeroblob(10000))") }
            }
        }
        try database.read { connection in
            _ = try connection.number("SELECT count(*) FROM item")
            try fill(50)
        }
        let grown = try folder.size(of: "replica.canvass-wal")
        try fill(200)
        #expect(try folder.size(of: "replica.canvass-wal") < grown + 256 << 10)
        #expect(try count(database) == 250)
    }

    @Test func `a database for reading refuses to write`() throws {
        _ = try open()
        let database = try Database(path: path, options: DatabaseOptions(mode: .readOnly))
        #expect(try count(database) == 0)
        let error = #expect(throws: SQLiteError.self) { try database.write { _ in } }
        #expect(error?.isReadOnly == true)
    }
}
