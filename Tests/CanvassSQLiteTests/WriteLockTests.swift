import CanvassSQLite
import Foundation
import Synchronization
import Testing

/// The lock of writers when somebody meddles with the files, or holds it for long.
@Suite struct WriteLockTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.database
    }

    private func made(_ options: DatabaseOptions = DatabaseOptions()) throws -> Database {
        let database = try Database(path: path, options: options)
        try database.write { try $0.execute("CREATE TABLE item (id INTEGER PRIMARY KEY)") }
        return database
    }

    private func add(_ id: Int64, to database: Database) throws {
        try database.write { try $0.run("INSERT INTO item VALUES (?1)", .integer(id)) }
    }

    private var impatient: DatabaseOptions {
        var options = DatabaseOptions()
        options.lockTimeout = .milliseconds(100)
        return options
    }

    private func holdingLock(of path: String) throws -> Shell {
        // Without a fork, so that the process that holds the lock is the one that runs here.
        try Shell(
            "exec flock -F '\(path)-lock' sh -c \"touch '\(path)-ready'; exec sleep 30\"", readyFile: path + "-ready")
    }

    @Test func `all names of a file lead to one lock`() throws {
        _ = try made()
        let link = folder.file("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        let other = try holdingLock(of: path)
        defer { other.kill() }
        let database = try Database(path: link, options: impatient)
        let error = #expect(throws: SQLiteError.self) { try add(1, to: database) }
        #expect(error?.isBusy == true)
        #expect(try !folder.names.contains("link-lock"))
    }

    @Test func `a lock file that was deleted is made again, and excludes again`() throws {
        let first = try made(impatient)
        try add(1, to: first)
        try FileManager.default.removeItem(atPath: path + "-lock")
        let other = try holdingLock(of: path)
        let error = #expect(throws: SQLiteError.self) { try add(2, to: first) }
        #expect(error?.isBusy == true)
        other.kill()
        try add(2, to: first)
        #expect(try first.read { try $0.number("SELECT count(*) FROM item") } == 2)
    }

    @Test(arguments: ["", "-wal"])
    func `nothing is written to a file that was moved, replaced or deleted`(_ suffix: String) throws {
        let database = try made()
        try add(1, to: database)
        try add(2, to: database)
        try FileManager.default.moveItem(atPath: path + suffix, toPath: path + suffix + "-elsewhere")
        #expect(throws: OpenError.moved(path: path)) { try add(3, to: database) }
        try Data([1]).write(to: URL(filePath: path + suffix))
        #expect(throws: OpenError.moved(path: path)) { try add(3, to: database) }
        try FileManager.default.removeItem(atPath: path + suffix)
        try FileManager.default.moveItem(atPath: path + suffix + "-elsewhere", toPath: path + suffix)
        try add(3, to: database)
        #expect(try database.read { try $0.number("SELECT count(*) FROM item") } == 3)
    }

    @Test func `who waits is told for whom, once, and ends when asked to`() throws {
        let told = Mutex<[WriteWait]>([])
        var options = DatabaseOptions()
        options.waiting = LockWaiting(
            onWait: { wait in told.withLock { $0.append(wait) } }, shouldStop: { told.withLock { !$0.isEmpty } })
        options.waiting.noticeDelay = .milliseconds(50)
        let database = try made(options)
        let other = try holdingLock(of: path)
        defer { other.kill() }
        let error = #expect(throws: SQLiteError.self) { try add(1, to: database) }
        #expect(error?.isInterrupted == true)
        #if os(Linux)
            let holder = LockHolder(process: other.identifier, isStopped: false)
            #expect(told.withLock { $0 } == [WriteWait(path: path, holder: holder)])
            #expect(error?.message.contains("process \(other.identifier) is writing") == true)
        #endif
    }

    #if os(Linux)
        @Test func `a suspended writer is named as such`() throws {
            let database = try made(impatient)
            let other = try holdingLock(of: path)
            defer { other.kill() }
            other.suspend()
            let error = #expect(throws: SQLiteError.self) { try add(1, to: database) }
            #expect(error?.isBusy == true)
            #expect(error?.message.contains("process \(other.identifier), which is suspended,") == true)
        }
    #endif
}
