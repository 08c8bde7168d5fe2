import CanvassSQLite
import Foundation
import Testing

@Suite struct DatabaseSharingTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.database
    }

    @Test func `sixteen threads over many connections lose nothing`() async throws {
        let path = path
        let writesPerThread = 60
        let failures = await onThreads(16) { thread in
            var options = DatabaseOptions()
            options.checkpointThresholdBytes = 64 << 10
            var database = try Database(path: path, options: options)
            try database.migrate(
                to: [Migration(version: 1, sql: "CREATE TABLE item (thread, number, body)")], applicationID: 7)
            for number in 0..<writesPerThread {
                try database.write {
                    try $0.run(
                        "INSERT INTO item VALUES (?1, ?2, zeroblob(3000))", .integer(Int64(thread)),
                        .integer(Int64(number)))
                }
                if number % 7 == 0 {
                    let seen = try database.read { connection in
                        try connection.number("SELECT count(*) FROM item WHERE thread = \(thread)")
                    }
                    guard seen == number + 1 else { throw Lost(thread: thread, number: number) }
                }
                // Closing and opening come in the midst of the others' writing.
                if number % 20 == 19 { database = try Database(path: path, options: options) }
            }
        }
        #expect(failures == [])
        let database = try Database(path: path)
        let (count, distinct) = try database.read { connection in
            (
                try connection.number("SELECT count(*) FROM item"),
                try connection.number("SELECT count(*) FROM (SELECT DISTINCT thread, number FROM item)")
            )
        }
        #expect(count == 16 * Int64(writesPerThread))
        #expect(distinct == count)
        let finding = try database.query("PRAGMA integrity_check").rows
        #expect(finding == [[.text("ok")]])
    }

    private struct Lost: Error {
        var thread: Int
        var number: Int
    }

    @Test func `a write waits for another process to finish`() throws {
        let database = try Database(path: path)
        let other = try Shell(
            "exec 9>'\(path)-lock'; flock 9; touch '\(path)-ready'; sleep 0.4; touch '\(path)-done'",
            readyFile: path + "-ready")
        try database.write { _ in
            #expect(FileManager.default.fileExists(atPath: path + "-done"))
        }
        other.finish()
    }

    @Test func `waiting ends with an error that says what to do`() throws {
        var options = DatabaseOptions()
        options.lockTimeout = .milliseconds(100)
        let database = try Database(path: path, options: options)
        let other = try Shell(
            "exec 9>'\(path)-lock'; flock 9; touch '\(path)-ready'; exec sleep 30", readyFile: path + "-ready")
        let error = #expect(throws: SQLiteError.self) { try database.write { _ in } }
        #expect(error?.isBusy == true)
        #expect(error?.path == path)
        other.kill()
        try database.write { _ in }
    }

    @Test func `reading does not wait for a writing process`() throws {
        var options = DatabaseOptions()
        options.lockTimeout = .zero
        let database = try Database(path: path, options: options)
        let other = try Shell(
            "exec 9>'\(path)-lock'; flock 9; touch '\(path)-ready'; exec sleep 30", readyFile: path + "-ready")
        #expect(try database.read { try $0.number("SELECT count(*) FROM sqlite_schema") } == 0)
        other.kill()
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sqlite3")))
    func `a program that does not know the lock is waited for too`() throws {
        let database = try Database(path: path)
        try database.write { try $0.execute("CREATE TABLE item (id INTEGER PRIMARY KEY)") }
        let other = try Shell(
            """
            { echo "BEGIN IMMEDIATE; INSERT INTO item VALUES (1);"; echo ".shell touch '\(path)-ready'"; \
            sleep 0.3; echo "COMMIT;"; } | /usr/bin/sqlite3 '\(path)'
            """, readyFile: path + "-ready")
        try database.write { try $0.run("INSERT INTO item VALUES (2)") }
        other.finish()
        #expect(try database.read { try $0.number("SELECT sum(id) FROM item") } == 3)
    }
}
