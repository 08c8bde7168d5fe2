import CanvassSQLite
import Foundation
import Testing

@Suite struct DatabaseBackupTests {
    let folder: TemporaryFolder
    let database: Database

    init() throws {
        folder = try TemporaryFolder()
        database = try Database(path: folder.database)
        try database.write {
            try $0.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, body); INSERT INTO item VALUES (0, 0)")
        }
    }

    @Test func `a backup is one whole file`() throws {
        try database.backup(to: folder.file("backup"))
        #expect(try folder.names.filter { !$0.hasPrefix("replica") } == ["backup"])
        let copy = try Database(path: folder.file("backup"), options: DatabaseOptions(mode: .untrusted))
        #expect(try copy.query("SELECT count(*) FROM item").rows == [[.integer(1)]])
    }

    @Test func `a backup taken while others write is a state that was`() async throws {
        let (database, folder) = (database, folder)
        async let failures = onThreads(3) { thread in
            if thread == 2 {
                for number in 0..<10 {
                    let target = folder.file("backup-\(number)")
                    try database.backup(to: target)
                    let copy = try Database(path: target, options: DatabaseOptions(mode: .untrusted))
                    // Each transaction wrote a pair, so a torn copy would hold an odd number.
                    let rows = try copy.query("SELECT count(*) % 2 FROM item WHERE id > 0").rows
                    guard rows == [[.integer(0)]] else { throw Torn() }
                }
            } else {
                for _ in 0..<100 {
                    try database.write { connection in
                        for _ in 0..<2 { try connection.run("INSERT INTO item (body) VALUES (zeroblob(5000))") }
                    }
                }
            }
        }
        #expect(await failures == [])
        #expect(try folder.names.filter { $0.contains("partial") } == [])
    }

    private struct Torn: Error {}

    @Test func `an existing file is replaced only when asked`() throws {
        try folder.write([1, 2, 3], to: "backup")
        #expect(throws: BackupError.targetExists(path: folder.file("backup"))) {
            try database.backup(to: folder.file("backup"))
        }
        #expect(try folder.size(of: "backup") == 3)
        try database.backup(to: folder.file("backup"), replacing: true)
        #expect(try folder.size(of: "backup") > 3)
    }

    @Test func `the database is not replaced by its own backup`() throws {
        try database.truncateLog()
        #expect(throws: BackupError.targetInUse(path: folder.database)) {
            try database.backup(to: folder.database, replacing: true)
        }
    }

    @Test func `a database in use is not replaced`() throws {
        let other = try Database(path: folder.file("other"))
        try other.write { try $0.execute("CREATE TABLE a (b)") }
        #expect(throws: BackupError.targetInUse(path: folder.file("other"))) {
            try database.backup(to: folder.file("other"), replacing: true)
        }
    }

    @Test func `a backup that is stopped leaves nothing, and what it would replace`() throws {
        try folder.write([1, 2, 3], to: "backup")
        #expect(throws: BackupError.stopped(path: folder.file("backup"))) {
            try database.backup(to: folder.file("backup"), replacing: true, shouldStop: { true })
        }
        #expect(try folder.size(of: "backup") == 3)
        #expect(try folder.names.filter { $0.contains("partial") } == [])
    }

    @Test func `what a killed backup left is removed by the next, and nothing else is`() throws {
        try folder.write([], to: "backup.partial-aB3dE6.canvass-tmp")
        try folder.write([1], to: "backup.partial-aB3dE6.canvass-tmp-journal")
        try folder.age("backup.partial-aB3dE6.canvass-tmp")
        let living = try SystemDisk().createScratch(beside: folder.file("backup.partial"))
        let hold = SystemDisk().holdScratch(living)
        try folder.age(String(living.split(separator: "/").last ?? ""))
        for name in ["backup.partial-report", "backup.partial-x.canvass-tmp"] { try folder.write([1], to: name) }
        try database.backup(to: folder.file("backup"))
        let left = try folder.names.filter { $0.contains("partial") }
        let expected = [
            "backup.partial-report", "backup.partial-x.canvass-tmp",
            String(living.split(separator: "/").last ?? ""),
        ]
        #expect(Set(left) == Set(expected))
        withExtendedLifetime(hold) {}
    }

    @Test func `a missing folder is named, and nothing is left behind`() throws {
        #expect(throws: BackupError.folderMissing(path: folder.file("no"))) {
            try database.backup(to: folder.file("no/backup"))
        }
        try FileManager.default.createDirectory(atPath: folder.file("taken"), withIntermediateDirectories: false)
        #expect(throws: BackupError.targetExists(path: folder.file("taken"))) {
            try database.backup(to: folder.file("taken"), replacing: true)
        }
        #expect(try folder.names.filter { $0.contains("partial") } == [])
    }
}
