import CanvassCRDT
import CanvassCoding
import CanvassWire
import Foundation
import TestSupport
import Testing

/// The executable, as an operator runs it.
@Suite(.serialized) struct ProcessTests {
    let folder: TemporaryFolder
    let data: String

    init() throws {
        folder = try TemporaryFolder()
        data = folder.path("data")
    }

    private func serve(_ arguments: String...) throws -> RunningProcess {
        try RunningProcess("canvass-relay", ["serve", "--data", data, "--listen", "127.0.0.1:0"] + arguments)
    }

    private func port(_ process: RunningProcess) async throws -> UInt16 {
        let line = try await process.line { $0.hasPrefix("listening on http://127.0.0.1:") }
        return try #require(UInt16(line.split(separator: ":").last ?? ""))
    }

    private func run(_ arguments: String...) async throws -> BinaryRunner.Outcome {
        try await BinaryRunner.run("canvass-relay", arguments + ["--data", data])
    }

    private func join(_ secret: String, port: UInt16) throws -> RawClient.Answer {
        let request = JoinRequest(
            invite: secret, device: EntityID(milliseconds: 1, random: (.random(in: 0 ... .max), 1)),
            replica: ReplicaID(rawValue: 1), joinKey: [UInt8](repeating: 7, count: 16), name: "Ada", language: "en")
        return try RawClient.send(
            "POST", "/v1/join", port: port, headers: ["Content-Type": "application/cbor"], body: request.encoded())
    }

    private func secret(_ text: String) throws -> String {
        let tail = try #require(text.split(separator: "#").last)
        return String(tail.prefix { $0.isLetter || $0.isNumber })
    }

    @Test func `an invite made while serving works at once and so does a revocation`() async throws {
        let server = try serve()
        let port = try await port(server)
        let invite = try await run("invite", "--role", "admin", "--name", "Ada")
        #expect(invite.status == 0)
        let joined = try join(secret(invite.outputText), port: port)
        #expect(joined.status == 200)
        let answer = try JoinAnswer(decoding: joined.body)
        let listing = try await run("devices", "--json")
        let device = try #require(try JSON.decode(Array(listing.output)).listValue?.first)
        #expect(device["name"]?.textValue == "Ada")
        #expect(device["roles"] == ["admin"])
        let revoked = try await run("revoke", try #require(device["device"]?.textValue))
        #expect(revoked.status == 0)
        let sync = SyncRequest(
            bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: 0, pageBytes: 1000)
        let headers = ["Content-Type": "application/cbor", "Authorization": "Bearer \(answer.token)"]
        let refused = try RawClient.send("POST", "/v1/sync", port: port, headers: headers, body: sync.encoded())
        #expect(refused.status == 403)
        #expect(try await server.stop() == 0)
    }

    @Test func `the first start hands out admin rights once`() async throws {
        let first = try serve()
        let line = try await first.line { $0.contains("canvass join 'http") }
        let port = try await port(first)
        #expect(try join(secret(line), port: port).status == 200)
        #expect(try join(secret(line), port: port).status == 409)
        #expect(try await first.stop() == 0)
        let second = try serve()
        _ = try await self.port(second)
        #expect(try await second.stop() == 0)
        #expect(!String(decoding: second.output, as: UTF8.self).contains("join"))
    }

    @Test func `without an admin every start says how to get one`() async throws {
        let first = try serve("--json")
        _ = try await first.line { $0.contains("\"adminInvite\": \"http://127.0.0.1:") }
        #expect(try await first.stop() == 0)
        let second = try serve()
        _ = try await second.line { $0.contains("canvass-relay invite --role admin") }
        #expect(try await second.stop() == 0)
    }

    /// Takes a port, so that nothing else gets it while the test runs.
    private func portInUse() async throws -> (RunningProcess, UInt16) {
        let process = try RunningProcess(
            "canvass-relay", ["serve", "--data", folder.path("other"), "--listen", "127.0.0.1:0"])
        return (process, try await port(process))
    }

    @Test func `a start that fails leaves no folder and no used-up link`() async throws {
        let (other, taken) = try await portInUse()
        for address in ["127.0.0.1:\(taken)", "192.0.2.1:8787"] {
            let failed = try await run("serve", "--listen", address)
            #expect(failed.status == 1)
            #expect(!failed.outputText.contains("join"))
            #expect(!FileManager.default.fileExists(atPath: data))
        }
        #expect(try await other.stop() == 0)
        let server = try serve()
        let line = try await server.line { $0.contains("canvass join 'http") }
        #expect(try join(secret(line), port: await port(server)).status == 200)
        #expect(try await server.stop() == 0)
    }

    @Test func `a folder that holds other things is refused and left alone`() async throws {
        try folder.write("x", to: "data/thesis.txt")
        let refused = try await run("serve", "--listen", "127.0.0.1:0")
        #expect(refused.status == 1)
        #expect(refused.errorText.contains("thesis.txt") && refused.errorText.contains("--data"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: data) == ["thesis.txt"])
    }

    @Test func `an empty folder and one with a lock alone are moved into`() async throws {
        try folder.write("", to: "data/serve.lock")
        let server = try serve()
        _ = try await port(server)
        #expect(try await server.stop() == 0)
    }

    @Test func `a file that is no relay's is named`() async throws {
        try folder.write("garbage, and enough of it to be no database at all", to: "data/relay.sqlite")
        let path = folder.path("data/relay.sqlite")
        for command in [["serve", "--listen", "127.0.0.1:0"], ["devices"]] {
            let refused = try await BinaryRunner.run("canvass-relay", command + ["--data", data])
            #expect(refused.status == 1)
            #expect(refused.errorText.contains(path))
        }
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: data)).subtracting(["serve.lock"]) == [
                "relay.sqlite"
            ])
    }

    @Test func `the database of a newer version is named`() async throws {
        let server = try serve()
        _ = try await port(server)
        #expect(try await server.stop() == 0)
        let path = folder.path("data/relay.sqlite")
        var bytes = try Data(contentsOf: URL(filePath: path))
        // The user_version of the header, big-endian (https://sqlite.org/fileformat2.html).
        bytes[60] = 0x7f
        try bytes.write(to: URL(filePath: path))
        let newer = try await run("devices")
        #expect(newer.status == 1)
        #expect(newer.errorText.contains("\(path) was made by a newer version"))
        bytes[68] ^= 0x55
        try bytes.write(to: URL(filePath: path))
        let foreign = try await run("devices")
        #expect(foreign.errorText.contains("\(path) is not the database of a relay"))
    }

    @Test(arguments: ["relay.example.org", "ftp://x", "https://a?b", "https://a#b", "https://u@a", "https://a b"])
    func `an address that devices cannot use is a usage error`(url: String) async throws {
        for command in [["serve"], ["invite", "--role", "admin"]] {
            let refused = try await BinaryRunner.run(
                "canvass-relay", command + ["--public-url", url, "--data", data])
            #expect(refused.status == 2)
            #expect(refused.errorText.contains("\"\(url)\""))
        }
        #expect(!FileManager.default.fileExists(atPath: data))
    }

    @Test func `the devices fit 80 columns and go by what is shown of their ids`() async throws {
        let server = try serve()
        let port = try await port(server)
        let name = "Ada of the long name that goes on and on"
        let invite = try await run("invite", "--role", "admin", "--name", name, "--uses", "2")
        let answer = try JoinAnswer(decoding: join(secret(invite.outputText), port: port).body)
        let sync = SyncRequest(
            bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: 0, pageBytes: 1000)
        let headers = ["Content-Type": "application/cbor", "Authorization": "Bearer \(answer.token)"]
        #expect(
            try RawClient.send("POST", "/v1/sync", port: port, headers: headers, body: sync.encoded()).status == 200)
        let listing = try await BinaryRunner.run(
            URL(filePath: "/usr/bin/script"),
            [
                "-qec", "stty cols 80; '\(Executables.url(of: "canvass-relay").path)' devices --data '\(data)'",
                "/dev/null",
            ])
        let lines = listing.outputText.split(whereSeparator: \.isNewline)
        #expect(lines.count == 4, "\(listing.outputText)")
        #expect(lines.allSatisfy { plain($0).count <= 80 }, "\(listing.outputText)")
        #expect(lines.last?.contains("years behind") == true)
        let id = try #require(lines.dropFirst().first?.split(separator: " ").first)
        #expect(id.count >= 8 && !id.contains("…"))
        let revoked = try await run("revoke", id.lowercased(), "--json")
        #expect(try JSON.decode(Array(revoked.output))["name"]?.textValue == name)
        let none = try await run("revoke", "ZZZZ")
        #expect(none.status == 1)
        #expect(none.errorText.contains("there is no device or member ZZZZ"))
        #expect(try await server.stop() == 0)
    }

    /// Without escape sequences.
    private func plain(_ line: Substring) -> String {
        String(line.replacing(/\u{1b}\[[0-9;]*m/, with: ""))
    }

    @Test func `a second server on the same folder is refused`() async throws {
        let first = try serve()
        _ = try await port(first)
        let second = try await run("serve", "--listen", "127.0.0.1:0")
        #expect(second.status == 1)
        #expect(second.errorText.contains("another canvass-relay is serving"))
        #expect(try await first.stop() == 0)
    }

    @Test func `what is missing is said with what to do`() async throws {
        let none = try await run("devices")
        #expect(none.status == 1)
        #expect(none.errorText.contains("canvass-relay serve"))
        let server = try serve("--public-url", "https://relay.example.org/")
        _ = try await port(server)
        let invite = try await run("invite", "--campaign", "Winter", "--role", "collector")
        #expect(invite.status == 1)
        #expect(invite.errorText.contains("canvass campaign create"))
        #expect(try await run("invite").status == 2)
        #expect(try await run("invite", "--campaign", "Winter", "--role", "supervisor").status == 2)
        #expect(try await run("invite", "--uses", "0").status == 2)
        #expect(try await run("revoke").status == 2)
        #expect(try await run("frobnicate").status == 2)
        #expect(try await run("invite", "--role", "admin").outputText.hasPrefix("https://relay.example.org/join#"))
        #expect(try await server.stop() == 0)
    }

    @Test func `a backup is made while serving, verified and restored elsewhere`() async throws {
        let server = try serve()
        _ = try await port(server)
        let copy = folder.path("copy.sqlite")
        let made = try await run("backup", copy, "--json")
        #expect(made.status == 0, "\(made.errorText)")
        #expect(try JSON.decode(Array(made.output))["sound"] == true)
        #expect(try await run("backup", copy).status == 1, "it exists")
        #expect(try await run("backup", copy, "--replace").status == 0)
        #expect(try await run("restore", copy, "--replace").status == 1, "the relay is serving")
        #expect(try await server.stop() == 0)
        let verified = try await BinaryRunner.run("canvass-relay", ["verify", copy])
        #expect(verified.status == 0)
        #expect(verified.outputText.contains("sound"))
        let elsewhere = folder.path("elsewhere")
        let restored = try await BinaryRunner.run("canvass-relay", ["restore", copy, "--data", elsewhere])
        #expect(restored.status == 0, "\(restored.errorText)")
        let again = try await BinaryRunner.run("canvass-relay", ["restore", copy, "--data", elsewhere])
        #expect(again.status == 1)
        let relay = try RunningProcess(
            "canvass-relay", ["serve", "--data", elsewhere, "--listen", "127.0.0.1:0"])
        _ = try await port(relay)
        #expect(try await relay.stop() == 0)
        let text = try folder.write("no backup", to: "text")
        #expect(try await BinaryRunner.run("canvass-relay", ["verify", text.path]).status == 1)
    }

    @Test func `the recovery sheet is printed at the first start and opens a new relay`() async throws {
        let server = try serve()
        let line = try await server.line { $0.hasPrefix("canvass-recovery-1 ") }
        #expect(try await server.stop() == 0)
        let printed = try await run("recovery-sheet")
        #expect(printed.outputText.contains(line))
        let later = try serve()
        _ = try await port(later)
        #expect(try await later.stop() == 0)
        #expect(!String(decoding: later.output, as: UTF8.self).contains("canvass-recovery"))
        let sheet = try folder.write(printed.outputText, to: "sheet.txt")
        let fresh = ["serve", "--data", folder.path("fresh"), "--listen", "127.0.0.1:0"]
        let relay = try RunningProcess("canvass-relay", fresh + ["--recover", sheet.path])
        _ = try await relay.line { $0.contains("recovering: only admins") }
        #expect(try await relay.stop() == 0)
        let accepted = try RunningProcess("canvass-relay", fresh + ["--accept-roster"])
        _ = try await accepted.line { $0.contains("canvass join 'http") }
        #expect(try await accepted.stop() == 0)
        let wrong = try folder.write(printed.outputText.replacingOccurrences(of: line, with: ""), to: "wrong.txt")
        for path in [wrong.path, folder.path("missing")] {
            let refused = try await run("serve", "--recover", path)
            #expect(refused.status == 1)
        }
    }

    @Test(arguments: [
        [], ["serve"], ["invite"], ["devices"], ["revoke"], ["backup"], ["verify"], ["restore"], ["recovery-sheet"],
        ["status"], ["unit"], ["alerts"],
    ])
    func `every command has help with an example`(command: [String]) async throws {
        let outcome = try await BinaryRunner.run("canvass-relay", command + ["--help"])
        #expect(outcome.status == 0)
        #expect(outcome.outputText.contains("canvass-relay"))
        #expect(outcome.outputText.contains("xample"))
    }
}
