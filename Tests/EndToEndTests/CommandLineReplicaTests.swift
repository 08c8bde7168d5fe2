import CanvassCoding
import Foundation
import TestSupport
import Testing

/// Where a replica is made and found, and what happens when it is not one.
struct CommandLineReplicaTests {
    @Test func `init makes one replica and refuses to make another in its place`() async throws {
        let line = try CommandLine()
        let made = try await line.json("init")
        #expect(made["path"]?.textValue == line.replica)
        let before = try Data(contentsOf: URL(filePath: line.replica))
        let error = try await line.failure("init")
        #expect(error["code"]?.textValue == "replica.exists")
        #expect(try Data(contentsOf: URL(filePath: line.replica)) == before)
        let status = try await line.json("status")
        #expect(status["replica"] == made["replica"])
        #expect(status["relay"] == Value.null)
        #expect(status["unsynced"] == 0)
    }

    @Test func `the folders on the way are made, for the user alone`() async throws {
        let line = try CommandLine()
        let path = line.folder.path("new/folders/here.canvass")
        try await line.text("init", "--replica", path)
        let folder = line.folder.path("new/folders")
        let permissions = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
        #expect(permissions == 0o700)
    }

    @Test func `without a name the replica lies in the user's data folder`() async throws {
        let folder = try TemporaryFolder()
        for (environment, path) in [
            (["HOME": folder.path("home")], folder.path("home/.local/share/canvass/replica.canvass")),
            (
                ["HOME": folder.path("home"), "XDG_DATA_HOME": folder.path("data")],
                folder.path("data/canvass/replica.canvass")
            ),
        ] {
            let outcome = try await BinaryRunner.run("canvass", ["init", "--json"], environment: environment)
            #expect(try JSON.decode([UInt8](outcome.output))["path"]?.textValue == path)
        }
        let nowhere = try await BinaryRunner.run("canvass", ["status"])
        #expect(nowhere.status == 1)
        #expect(nowhere.errorText.contains("--replica"))
    }

    @Test(arguments: ["status", "sync", "conflicts"])
    func `a command without a replica says how to make one`(command: String) async throws {
        let line = try CommandLine()
        let error = try await line.failure(command)
        #expect(error["code"]?.textValue == "replica-missing")
        #expect(error["remedy"]?.textValue?.contains("canvass init") == true)
        #expect(!FileManager.default.fileExists(atPath: line.replica))
    }

    @Test func `a place that cannot hold a replica is refused`() async throws {
        let line = try CommandLine()
        try line.folder.write("words", to: "note.txt")
        let below = try await line.failure("init", "--replica", line.folder.path("note.txt/field.canvass"))
        #expect(below["message"]?.textValue?.contains("note.txt") == true)
        #expect(
            try await line.failure("init", "--replica", line.folder.url.path)["code"]?.textValue == "replica.exists")
        #expect(try await line.failure("status", "--replica", line.folder.url.path)["code"] == "replica-unusable")
        let options = try await line.failure("init", "--replica", "", status: 2)
        #expect(options["message"]?.textValue?.contains("--replica") == true)
    }

    @Test(arguments: ["not a database, but long enough to have a header of a hundred bytes or so", "x"])
    func `a file that is no replica is refused and left alone`(contents: String) async throws {
        let line = try CommandLine()
        let file = try line.folder.write(String(repeating: contents, count: 20), to: "field.canvass")
        let error = try await line.failure("status")
        #expect(["replica-unusable", "replica-damaged"].contains(error["code"]?.textValue))
        #expect(try String(contentsOf: file, encoding: .utf8) == String(repeating: contents, count: 20))
    }

    @Test func `an empty file is no replica yet, and init may use it`() async throws {
        let line = try CommandLine()
        let file = try line.folder.write("", to: "field.canvass")
        #expect(try await line.failure("status")["code"]?.textValue == "replica-missing")
        #expect(try Data(contentsOf: file).isEmpty)
        try await line.text("init")
        try await line.text("status")
    }

    @Test func `a replica of a newer version is refused and left alone`() async throws {
        let line = try CommandLine()
        try await line.text("init")
        let file = URL(filePath: line.replica)
        var bytes = try Data(contentsOf: file)
        // The user version of a SQLite database: four bytes at 60, most significant first.
        bytes.replaceSubrange(60..<64, with: [0, 0, 3, 0xE8])
        try bytes.write(to: file)
        let error = try await line.failure("status")
        #expect(error["code"]?.textValue == "replica-newer")
        #expect(error["message"]?.textValue?.contains("1000") == true)
        #expect(try Data(contentsOf: file) == bytes)
    }

    @Test func `a device that never joined cannot sync, and a link that is none is refused`() async throws {
        let line = try CommandLine()
        try await line.text("init")
        #expect(try await line.failure("sync")["code"]?.textValue == "not-joined")
        #expect(try await line.failure("join", "https://relay.example.org")["code"]?.textValue == "invalid-input")
        let unreachable = try await line.failure("join", "http://127.0.0.1:1/join#SECRETSECRET")
        #expect(unreachable["code"]?.textValue == "relay-unreachable")
        #expect(!JSON.encode(unreachable).contains("SECRETSECRET"))
        #expect(FileManager.default.fileExists(atPath: line.replica))
    }

    @Test(arguments: ["https://relay.example.org", "http://127.0.0.1:1/join#SECRETSECRET"])
    func `a join that reached no relay leaves no replica behind`(link: String) async throws {
        let line = try CommandLine()
        _ = try await line.failure("join", link)
        #expect(try FileManager.default.contentsOfDirectory(atPath: line.folder.url.path) == [])
    }
}
