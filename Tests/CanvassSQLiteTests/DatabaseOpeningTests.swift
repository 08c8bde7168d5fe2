import CanvassSQLite
import Foundation
import Testing

@Suite struct DatabaseOpeningTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.database
    }

    @Test(arguments: [OpenMode.readWrite, .readOnly, .untrusted]) func `a missing file is named`(mode: OpenMode) throws
    {
        #expect(throws: OpenError.fileMissing(path: path)) {
            try Database(path: path, options: DatabaseOptions(mode: mode))
        }
        #expect(try folder.names == [])
    }

    @Test func `what is made is its owner's alone`() throws {
        let database = try Database(path: path)
        try database.write { try $0.execute("CREATE TABLE a (b)") }
        try database.backup(to: folder.file("copy"))
        for name in try folder.names where !name.hasSuffix("-lock") {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test func `a missing folder is named`() throws {
        let inner = folder.file("no/such/replica")
        #expect(throws: OpenError.folderMissing(path: folder.file("no/such"))) { try Database(path: inner) }
    }

    @Test func `a folder that is a file is named`() throws {
        try folder.write([1], to: "plain")
        #expect(throws: OpenError.folderMissing(path: folder.file("plain"))) {
            try Database(path: folder.file("plain/replica"))
        }
    }

    @Test func `a folder is not a database`() throws {
        #expect(throws: OpenError.notAFile(path: folder.path)) { try Database(path: folder.path) }
    }

    @Test(arguments: ["", "a\0b"]) func `what names no file is refused`(name: String) {
        #expect(throws: OpenError.invalidPath(name)) { try Database(path: name) }
    }

    @Test(arguments: [OpenMode.create, .readWrite, .readOnly, .untrusted])
    func `garbage is not a database, and stays as it is`(mode: OpenMode) throws {
        let garbage = [UInt8]((0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) })
        try folder.write(garbage, to: "replica.canvass")
        #expect(throws: OpenError.notADatabase(path: path)) {
            try Database(path: path, options: DatabaseOptions(mode: mode))
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == Data(garbage))
    }

    @Test func `an empty file becomes a database only where one is asked for`() throws {
        try folder.write([], to: "replica.canvass")
        #expect(throws: OpenError.notADatabase(path: path)) {
            try Database(path: path, options: DatabaseOptions(mode: .readWrite))
        }
        #expect(try Data(contentsOf: URL(filePath: path)).isEmpty)
        try Database(path: path, options: DatabaseOptions(mode: .create)).write {
            try $0.execute("CREATE TABLE a (b)")
        }
    }

    /// Every page but the first, in steps, filled with nonsense: opening or the check must refuse, never trap.
    @Test(arguments: 1..<12) func `a broken page is found in an untrusted file`(page: Int) throws {
        do {
            let database = try Database(path: path)
            try database.write { connection in
                try connection.execute(
                    "CREATE TABLE item (id INTEGER PRIMARY KEY, value); CREATE INDEX i ON item (value)")
                for _ in 0..<200 { try connection.run("INSERT INTO item (value) VALUES (hex(randomblob(100)))") }
            }
        }
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        try #require(bytes.count >= 12 * 4096)
        for offset in page * 4096..<(page + 1) * 4096 { bytes[offset] = UInt8(truncatingIfNeeded: offset &* 97 &+ 13) }
        try folder.write(bytes, to: "broken")
        #expect(throws: OpenError.self) {
            try Database(path: folder.file("broken"), options: DatabaseOptions(mode: .untrusted))
        }
    }

    @Test func `a cut file is found`() throws {
        do {
            let database = try Database(path: path)
            try database.write { try $0.execute("CREATE TABLE a (b); INSERT INTO a VALUES (zeroblob(100000))") }
        }
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        try folder.write([UInt8](bytes.prefix(bytes.count / 2)), to: "cut")
        #expect(throws: OpenError.self) {
            try Database(path: folder.file("cut"), options: DatabaseOptions(mode: .untrusted))
        }
    }

    @Test func `a sound untrusted file can be read and nothing else`() throws {
        do {
            try Database(path: path).write { try $0.execute("CREATE TABLE a (b); INSERT INTO a VALUES (5)") }
        }
        let database = try Database(path: path, options: DatabaseOptions(mode: .untrusted))
        #expect(try database.read { try $0.number("SELECT b FROM a") } == 5)
        for sql in [
            "DELETE FROM a", "PRAGMA writable_schema=ON; DELETE FROM sqlite_schema", "ATTACH 'x' AS x",
            "SELECT load_extension('x')",
        ] {
            #expect(throws: SQLiteError.self, "\(sql)") { try database.read { try $0.execute(sql) } }
        }
    }
}
