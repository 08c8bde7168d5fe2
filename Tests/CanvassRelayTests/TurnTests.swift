import CanvassCRDT
import CanvassCoding
import CanvassWire
import Foundation
import TestSupport
import Testing

/// What requests that are handled in one turn, and so in one transaction, mean to each other.
@Suite struct TurnTests {
    private func sync(_ device: TestDevice, _ push: [Segment]) -> RawClient.Request {
        let request = SyncRequest(
            bookmark: nil, vectors: [], reports: [], push: push.map(\.encoded), roster: 0, clock: device.relay.now,
            pageBytes: 1 << 20)
        return RawClient.Request(
            method: "POST", path: "/v1/sync",
            headers: ["Content-Type": "application/cbor", "Authorization": "Bearer \(device.token)"],
            body: request.encoded())
    }

    private func join(_ device: TestDevice, _ secret: String) -> RawClient.Request {
        RawClient.Request(
            method: "POST", path: "/v1/join", headers: ["Content-Type": "application/cbor"],
            body: device.joinRequest(secret).encoded())
    }

    @Test func `one request that fails costs the others of its turn nothing`() throws {
        let relay = try TestRelay()
        let admin = try relay.device("admin")
        _ = try relay.campaign("Winter", by: admin)
        let ada = try relay.device("collector", campaign: "Winter")
        let reviewer = try relay.device("reviewer", campaign: "Winter")
        var chain = ada.responses
        let (first, second) = (try chain.segment(), try chain.segment())
        let invite = try relay.invite("reviewer", campaign: "Winter")
        let newcomers = [TestDevice(relay), TestDevice(relay)]
        let answers = try RawClient.pipeline(
            [
                sync(ada, [first]), join(newcomers[0], "nonsense"), join(newcomers[0], invite),
                join(newcomers[1], invite), sync(ada, [second]), sync(reviewer, []),
            ], port: relay.port)
        #expect(answers.map(\.status) == [200, 403, 200, 409, 200, 200])
        #expect(try SyncAnswer(decoding: answers[5].body).segments(in: chain.scope) == [first, second])
        #expect(try reviewer.sync().roster?.people.count == 3)
    }

    /// Beyond a file size limit every write fails, as on a full disk: the process ignores SIGXFSZ, so that write(2) returns
    /// EFBIG.
    @Test func `what could not be committed is not acknowledged and what was stays`() async throws {
        let folder = try TemporaryFolder()
        let program = try Executables.url(of: "canvass-relay").path
        let script =
            "trap '' XFSZ; ulimit -f 1000; exec '\(program)' serve --data '\(folder.path("data"))' --listen 127.0.0.1:0"
        let server = try RunningProcess(URL(filePath: "/bin/sh"), ["-c", script])
        let line = try await server.line { $0.contains("canvass join 'http") }
        let address = try #require(line.split(separator: "'").dropFirst().first)
        let port = try #require(UInt16(address.split(separator: "/")[1].split(separator: ":")[1]))
        let secret = String(try #require(address.split(separator: "#").last))
        let fixture = try TestRelay()
        let device = TestDevice(fixture)
        let joined = try JoinAnswer(
            decoding: RawClient.pipeline([join(device, secret)], port: port).first?.body ?? [])
        let headers = ["Content-Type": "application/cbor", "Authorization": "Bearer \(joined.token)"]
        var chain = device.chain(in: ScopeID(.design, fixture.newID()))
        var acknowledged: [Segment] = []
        var statuses: [Int] = []
        for _ in 0..<60 {
            let segment = try chain.segment(text: String(repeating: "x", count: 30_000))
            let request = SyncRequest(
                bookmark: nil, vectors: [], reports: [], push: [segment.encoded], roster: 0, clock: 0, pageBytes: 0)
            let answer = try RawClient.send(
                "POST", "/v1/sync", port: port, headers: headers, body: request.encoded())
            statuses.append(answer.status)
            guard answer.status == 200, try SyncAnswer(decoding: answer.body).refused.isEmpty else { break }
            acknowledged.append(segment)
        }
        #expect(statuses.last == 500 || statuses.last == 507)
        #expect(!acknowledged.isEmpty)
        #expect(try await server.stop() == 0)
        let again = try RunningProcess(
            "canvass-relay", ["serve", "--data", folder.path("data"), "--listen", "127.0.0.1:0"])
        let listening = try await again.line { $0.hasPrefix("listening") }
        let newPort = try #require(UInt16(listening.split(separator: ":").last ?? ""))
        let request = SyncRequest(
            bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: 0, pageBytes: 4 << 20)
        let answer = try RawClient.send(
            "POST", "/v1/sync", port: newPort, headers: headers, body: request.encoded())
        #expect(try SyncAnswer(decoding: answer.body).segments(in: chain.scope) == acknowledged)
        #expect(try await again.stop() == 0)
    }
}
