import CanvassCRDT
import CanvassCoding
import CanvassWire
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

    @Test(arguments: [[], ["serve"], ["invite"], ["devices"], ["revoke"]])
    func `every command has help with an example`(command: [String]) async throws {
        let outcome = try await BinaryRunner.run("canvass-relay", command + ["--help"])
        #expect(outcome.status == 0)
        #expect(outcome.outputText.contains("canvass-relay"))
        #expect(outcome.outputText.contains("xample"))
    }
}
