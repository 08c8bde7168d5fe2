import CanvassCoding
import Foundation
import TestSupport
import Testing

/// The way that devices really take: TLS, a proxy, the relay.
@Suite(
    .serialized,
    .enabled("needs root and nginx, openssl and curl: .ci/install --test-tools") { ProxiedRelay.isPossible }
) struct ProxyTests {
    @Test func `devices join and sync through nginx with TLS, and connections are kept`() async throws {
        let relay = try await ProxiedRelay()
        func succeed(_ person: String, _ arguments: String...) async throws {
            let outcome = try await relay.run(person, arguments)
            try #require(outcome.status == 0, "\(arguments): \(outcome.errorText)")
        }
        try await succeed("dana", "join", relay.adminLink, "--name", "Dana")
        try await succeed("dana", "campaign", "create", "visits")
        try await succeed("dana", "survey", "import", CommandLine.workbook("field.xlsx"))
        try await succeed("dana", "survey", "publish", "field")
        try await succeed("dana", "sync")
        func invite(_ role: String) async throws -> String {
            let made = try await BinaryRunner.run(
                "canvass-relay",
                ["invite", "--data", relay.folder.path("data"), "--campaign", "visits", "--role", role, "--json"])
            return try #require(try JSON.decode(Array(made.output))["link"]?.textValue)
        }
        let link = try await invite("collector")
        #expect(link.hasPrefix(relay.address + "/join#"))
        try await succeed("ana", "join", link)
        let lines = (0..<4_000).map { "\($0 % 7),row \($0) \(UInt64.random(in: 0 ... .max))" }
        try relay.folder.write("score,reason\n" + lines.joined(separator: "\n") + "\n", to: "table.csv")
        try await succeed("ana", "response", "import", "field", "table.csv")
        try await succeed("ana", "sync")
        try await succeed("rita", "join", try await invite("reviewer"))
        let list = try await relay.run("rita", ["status", "--json"])
        let scopes = try JSON.decode(Array(list.output))["scopes"]?.listValue ?? []
        #expect(scopes.contains { ($0["changes"]?.integerValue ?? 0) >= 4_000 }, "all of it came through")
        let requests = try relay.requests
        #expect(requests.allSatisfy { $0.status == 200 })
        #expect(requests.contains { $0.number > 2 }, "a device keeps its connection: \(requests)")
        #expect(requests.contains { $0.bytes > 65_536 }, "large bodies go through: \(requests)")
        let page = try await relay.operatorPage()
        let accepted = try #require(figure("canvass_relay_connections_accepted_total", in: page))
        #expect(accepted < Double(requests.count), "so does the proxy")
        try await relay.stop()
    }

    @Test func `a device without the authority of the certificate sends nothing`() async throws {
        let relay = try await ProxiedRelay()
        let refused = try await relay.run("ana", ["join", relay.adminLink], isTrusting: false)
        #expect(refused.status == 1)
        #expect(refused.errorText.lowercased().contains("certificate"), "\(refused.errorText)")
        #expect(try relay.requests.isEmpty)
        try await relay.stop()
    }

    @Test func `nobody reads the operators' figures through the proxy`() async throws {
        let relay = try await ProxiedRelay()
        for (path, status) in [("/metrics", "404"), ("/readyz", "200"), ("/v1/sync", "405")] {
            let curl = try await BinaryRunner.run(
                try #require(Executables.find("curl")),
                [
                    "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", relay.certificate, relay.address + path,
                ])
            #expect(curl.outputText == status, "\(path)")
        }
        #expect(try await relay.operatorPage().contains("canvass_relay_ready 1"))
        try await relay.stop()
    }

    private func figure(_ name: String, in page: String) -> Double? {
        page.split(separator: "\n").first { $0.hasPrefix(name + " ") }.flatMap { Double($0.dropFirst(name.count + 1)) }
    }
}
