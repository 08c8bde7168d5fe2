import CanvassCoding
import Foundation
import TestSupport
import Testing

/// Joining and syncing when something is wrong: each gives one clear message and leaves the replica as it was.
struct EnrolmentTests {
    /// An organisation with a relay, an admin and a published survey.
    private func prepared() async throws -> Organisation {
        let organisation = try Organisation()
        try await organisation.startRelay()
        try await organisation.json("designer", "join", organisation.adminLink, "--name", "Designer")
        try await organisation.json("designer", "campaign", "create", "visits")
        try await organisation.json("designer", "sync")
        return organisation
    }

    @Test func `an invite that is used up refuses another device but not the same one`() async throws {
        let organisation = try await prepared()
        let link = try await organisation.invite("--campaign", "visits", "--role", "collector")
        try await organisation.json("first", "join", link)
        let message = try await organisation.failure("second", "join", link)
        #expect(message.contains("used up") || message.contains("invite"))
        try await organisation.json("first", "join", link)
        let devices = try #require(try await organisation.relayCommand(["devices"]).listValue)
        #expect(devices.count == 2)
    }

    @Test func `a link that is none, and a secret that nobody gave out, are refused`() async throws {
        let organisation = try await prepared()
        #expect(try await organisation.failure("guest", "join", "https://example.org").contains("is no address"))
        let forged = organisation.address + "/join#00000000000000000000000000"
        #expect(try await organisation.failure("guest", "join", forged).contains("invite"))
    }

    @Test func `a relay that is down, and a wrong address, say so and lose nothing`() async throws {
        let organisation = try await prepared()
        let link = try await organisation.invite("--campaign", "visits", "--role", "collector")
        try await organisation.stopRelay()
        #expect(try await organisation.failure("designer", "sync").contains(organisation.address))
        #expect(try await organisation.failure("collector", "join", link).contains("cannot be reached"))
        try await organisation.startRelay()
        try await organisation.json("collector", "join", link)
        try await organisation.json("designer", "sync")
    }

    @Test func `a revoked device is told so and keeps what it has`() async throws {
        let organisation = try await prepared()
        let link = try await organisation.invite("--campaign", "visits", "--role", "collector", "--name", "Collector")
        try await organisation.json("collector", "join", link)
        let devices = try #require(try await organisation.relayCommand(["devices"]).listValue)
        let device = try #require(devices.first { $0["name"]?.textValue == "Collector" }?["device"]?.textValue)
        _ = try await organisation.relayCommand(["revoke", device])
        #expect(try await organisation.failure("collector", "sync").contains("revoked"))
        let status = try await organisation.json("collector", "status")
        #expect(status["scopes"]?.listValue?.isEmpty == false)
        try await organisation.json("designer", "sync")
    }

    @Test func `what is no relay is named as such`() async throws {
        let organisation = try await prepared()
        try await organisation.stopRelay()
        let port = try #require(URL(string: organisation.address)?.port)
        guard let python = Executables.find("python3") else { return }
        let server = try RunningProcess(
            python, ["-m", "http.server", "\(port)", "--bind", "127.0.0.1"],
            workingFolder: organisation.folder.url)
        _ = try? await server.line(within: .seconds(2)) { $0.contains("Serving") }
        #expect(try await organisation.failure("designer", "sync").contains("no Canvass relay"))
    }

    @Test func `secrets show up in no output`() async throws {
        let organisation = try await prepared()
        let status = try await organisation.run("designer", ["status"])
        let query = try await organisation.json("designer", "query", "SELECT value FROM meta WHERE key = 'token'")
        let token = try #require(query.listValue?.first?["value"]?.textValue)
        #expect(!status.outputText.contains(token))
        #expect(organisation.relay.map { String(decoding: $0.errors, as: UTF8.self).contains(token) } == false)
    }
}
