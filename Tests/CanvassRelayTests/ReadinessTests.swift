import CanvassRelay
import CanvassWire
import Testing

/// `/readyz`: whether requests should be sent here, and why not.
@Suite struct ReadinessTests {
    private func ready(_ relay: TestRelay) throws -> (status: Int, text: String) {
        let answer = try RawClient.send("GET", "/readyz", port: relay.port)
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    @Test func `a relay that serves is ready`() throws {
        let relay = try TestRelay()
        #expect(try ready(relay) == (200, "ready\n"))
    }

    @Test(.enabled(if: !TestRelay.isOnPostgres, "the room is a database server's own"))
    func `one whose disk is nearly full is not`() throws {
        let relay = try TestRelay { environment in environment.leastFreeBytes = .max }
        let (status, text) = try ready(relay)
        #expect(status == 503)
        #expect(text.hasPrefix("not ready\nthe disk has "))
        #expect(try RawClient.send("GET", "/healthz", port: relay.port).status == 200)
    }

    @Test func `one that lacks its roster is not`() throws {
        let relay = try TestRelay()
        try relay.wipe(recovering: relay.relay.recoverySheet)
        let (status, text) = try ready(relay)
        #expect(status == 503)
        #expect(text.contains("answers only admins"))
    }
}
