import Canvass
import CanvassCRDT
import CanvassRelay
import CanvassSQLite
import Foundation
import TestSupport
import Testing

struct ReplicaTests {
    let folder: TemporaryFolder
    let clock = TestClock()

    init() throws { folder = try TemporaryFolder() }

    private func environment(_ seed: UInt64) -> ReplicaEnvironment { ReplicaEnvironment(clock, seed: seed) }

    @Test func `a replica that was made opens with the same identity`() throws {
        let path = folder.path("a.canvass")
        let made = try Replica.create(at: path, environment: environment(1))
        let opened = try Replica.open(at: path, environment: environment(2))
        #expect(opened.id == made.id)
        #expect(opened.device == made.device)
        #expect(try opened.status().lastSyncMilliseconds == nil)
    }

    @Test func `clock and chance come from the environment`() throws {
        let first = try Replica.create(at: folder.path("a.canvass"), environment: environment(7))
        let second = try Replica.create(at: folder.path("b.canvass"), environment: environment(7))
        let third = try Replica.create(at: folder.path("c.canvass"), environment: environment(8))
        #expect(first.id == second.id)
        #expect(first.id != third.id)
        #expect(abs(first.device.milliseconds - TestClock.start) < 1_000)
    }

    @Test func `opening nothing says where it looked`() {
        let path = folder.path("missing.canvass")
        let error = failure { _ = try Replica.open(at: path) }
        #expect(error?.code == .replicaMissing)
        #expect(error?.message.contains(path) == true)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a second replica at one path is refused and the first stays`() throws {
        let path = folder.path("a.canvass")
        let first = try Replica.create(at: path, environment: environment(1))
        try first.createCampaign(named: "visits")
        let error = failure { _ = try Replica.create(at: path, environment: environment(2)) }
        #expect(error?.code == .replicaExists)
        #expect(try Replica.open(at: path).id == first.id)
        #expect(try Replica.open(at: path).campaigns().map(\.name) == ["visits"])
    }

    @Test(arguments: ["hello, this is no database at all", String(repeating: "x", count: 9_000)])
    func `a file that is no database is neither opened nor overwritten`(_ text: String) throws {
        let file = try folder.write(text, to: "notes.txt")
        #expect(failure { _ = try Replica.open(at: file.path) }?.code == .replicaUnusable)
        #expect(failure { _ = try Replica.create(at: file.path) }?.code == .replicaUnusable)
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }

    @Test func `a database of another program is refused`() throws {
        let path = folder.path("foreign.sqlite")
        let foreign = try Database(path: path, options: DatabaseOptions(mode: .create))
        try foreign.write { try $0.execute("CREATE TABLE diary (day TEXT); PRAGMA application_id = 77") }
        #expect(failure { _ = try Replica.open(at: path) }?.code == .replicaUnusable)
        #expect(failure { _ = try Replica.create(at: path) }?.code == .replicaUnusable)
        #expect(try foreign.query("SELECT name FROM sqlite_schema").rows == [[.text("diary")]])
    }

    @Test func `a relay's database is no replica`() throws {
        let relay = try TestRelay(folder: folder.url.appending(path: "relay"), clock: clock, seed: 1)
        relay.stop()
        let path = RelayDirectory(path: relay.folder.path).databasePath
        #expect(failure { _ = try Replica.open(at: path) }?.code == .replicaUnusable)
    }

    @Test func `a newer schema is refused and left as it is`() throws {
        let path = folder.path("a.canvass")
        _ = try Replica.create(at: path, environment: environment(1))
        let database = try Database(path: path, options: DatabaseOptions(mode: .readWrite))
        try database.write { try $0.execute("PRAGMA user_version = 99") }
        let error = failure { _ = try Replica.open(at: path) }
        #expect(error?.code == .replicaNewer)
        #expect(error?.message.contains("99") == true)
        #expect(try database.query("PRAGMA user_version").rows == [[.integer(99)]])
    }

    @Test func `two openings of one file see each other's work`() throws {
        let path = folder.path("a.canvass")
        let first = try Replica.create(at: path, environment: environment(1))
        let second = try Replica.open(at: path, environment: environment(2))
        try first.createCampaign(named: "one")
        try second.createCampaign(named: "two")
        #expect(try first.campaigns().map(\.name) == ["one", "two"])
        #expect(try first.campaigns() == second.campaigns())
        #expect(try first.status().forked.isEmpty)
    }
}
