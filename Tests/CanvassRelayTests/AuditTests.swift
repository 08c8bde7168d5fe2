import CanvassCRDT
import CanvassCoding
import CanvassRelay
import CanvassWire
import Synchronization
import Testing

/// The audit log and the access log: who did what, and no secret.
@Suite final class AuditTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }

        var log: RelayLog {
            RelayLog(level: .info) { line in self.lines.withLock { $0.append(line) } }
        }

        func events(_ name: String) throws -> [Value] {
            try all.map { try JSON.decode(Array($0.utf8)) }.filter { $0["event"]?.textValue == name }
        }
    }

    private let audit = Lines()
    private let access = Lines()
    private let winter: WinterCampaign
    private var relay: TestRelay { winter.relay }

    init() throws {
        winter = try WinterCampaign(
            relay: TestRelay { [audit, access] environment in
                environment.auditLog = audit.log
                environment.accessLog = access.log
            })
    }

    @Test func `who joined, pulled and pushed is written down`() throws {
        let joined = try #require(
            try audit.events("joined").first { $0["device"]?.textValue == winter.ada.id.description })
        #expect(joined["member"]?.textValue == winter.ada.member.description)
        #expect(joined["peer"]?.textValue?.hasPrefix("127.0.0.1:") == true)
        var chain = winter.ada.responses
        _ = try winter.ada.sync(push: [try chain.segment(count: 3)])
        _ = try winter.reviewer.sync()
        let synced = try audit.events("synced")
        let push = try #require(synced.dropLast().last)
        #expect(push["pushed"]?["\(chain.scope)"]?.integerValue == 3)
        #expect(push["members"]?.listValue == [.text(winter.ada.member.description)])
        let pull = try #require(synced.last)
        #expect(pull["device"]?.textValue == winter.reviewer.id.description)
        #expect(pull["pulled"]?["\(chain.scope)"]?.integerValue == 3)
        let before = audit.all.count
        let bookmark = try winter.reviewer.sync().bookmark
        _ = try winter.reviewer.sync(bookmark: bookmark)
        #expect(audit.all.count == before + 1, "a sync that moves nothing is no deed")
    }

    @Test(arguments: ["203.0.113.9", "2001:db8::7"])
    func `behind a trusted proxy the client is named, too`(client: String) throws {
        let relay = try TestRelay { [audit, access] environment in
            environment.auditLog = audit.log
            environment.accessLog = access.log
            environment.proxies = TrustedProxies([AddressRange("127.0.0.1")].compactMap { $0 })
        }
        let request = TestDevice(relay).joinRequest("0123456789ABCDEFGHJKMNPQRS")
        let headers = ["Content-Type": "application/cbor", "X-Forwarded-For": "198.51.100.1, \(client)"]
        #expect(try relay.post("/v1/join", request.encoded(), headers: headers).status == 403)
        for line in [try audit.events("denied").last, try access.events("request").last] {
            #expect(line?["client"] == .text(client))
            #expect(line?["peer"]?.textValue?.hasPrefix("127.0.0.1:") == true)
        }
    }

    @Test func `who was turned away is written down`() throws {
        _ = try relay.relay.revoke(winter.bob.id.description)
        #expect(throws: Problem.self) { try winter.bob.sync() }
        #expect(throws: Problem.self) {
            var stranger = TestDevice(relay)
            try stranger.join("0123456789ABCDEFGHJKMNPQRS")
        }
        let denied = try audit.events("denied")
        #expect(denied.map { $0["reason"]?.textValue } == ["device-revoked", "invite-unknown"])
        #expect(denied.map { $0["path"]?.textValue } == ["/v1/sync", "/v1/join"])
    }

    @Test func `no secret and no query is in any line`() throws {
        let invite = try relay.invite("reviewer", campaign: "Winter")
        var device = TestDevice(relay)
        try device.join(invite)
        _ = try RawClient.send(
            "GET", "/healthz?token=\(device.token)", port: relay.port,
            headers: ["Authorization": "Bearer \(device.token)", "X-Note": invite])
        let text = (audit.all + access.all + relay.logLines).joined()
        #expect(text.contains(device.id.description))
        for secret in [invite, device.token, winter.ada.token] { #expect(!text.contains(secret)) }
        let line = try #require(access.all.last)
        #expect(try JSON.decode(Array(line.utf8))["path"]?.textValue == "/healthz")
        #expect(relay.logLines.isEmpty, "each request is in one log")
    }

    @Test func `bytes that are no request are in the access log`() async throws {
        _ = try? RawClient.send("GET", "/a b", port: relay.port)
        // The answer leaves first.
        let deadline = ContinuousClock.now + .seconds(5)
        var refused: [Value] = []
        while refused.isEmpty, ContinuousClock.now < deadline {
            refused = try access.events("malformed request")
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(refused.map { $0["status"]?.integerValue } == [400])
        #expect(access.all.allSatisfy { line in line.utf8.allSatisfy { $0 >= 0x20 } })
    }
}
