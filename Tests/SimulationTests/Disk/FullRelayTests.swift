import CanvassHTTP
import CanvassHTTPServer
import CanvassRelay
import CanvassSimulator
import Testing

@Suite struct `Relay on a full disk` {
    @Test func `it refuses what it cannot keep, answers what it can read, and goes on when there is room`() throws {
        let disk = CrashDisk(seed: 1)
        var environment = RelayEnvironment(
            now: { 1_700_000_000_000 }, random: { .random(in: .min ... .max) }, log: .silent)
        environment.disk = disk.startProcess()
        let relay = try Relay(path: "relay", environment: environment)
        try relay.setPublicURL("http://relay.invalid")
        disk.limit(toBytes: 1)
        #expect {
            try relay.invite(InviteOrder(roles: ["admin"]))
        } throws: { error in
            let failure = RelayFailure.explaining(error)
            return failure?.what.hasSuffix("is full") == true && failure?.remedy.contains("make room") == true
        }
        #expect(ask(relay, "GET", "/healthz")?.status == 200)
        disk.limit(toBytes: nil)
        let invite = try relay.invite(InviteOrder(roles: ["admin"]))
        #expect(invite.roles == ["admin"])
    }

    private func ask(_ relay: Relay, _ method: String, _ path: String) -> HTTPResponse? {
        let request = HTTPRequest(method: method, path: path)
        return relay.handle([HTTPIncomingRequest(request: request, connectionID: 1, peer: HTTPAddress.none)]).first
    }
}
