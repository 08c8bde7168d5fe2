import CanvassCRDT
import CanvassCoding
import CanvassRelay
import CanvassWire
import Testing

@Suite struct RoutesTests {
    let relay: TestRelay

    init() throws { relay = try TestRelay() }

    private func problem(_ answer: RawClient.Answer) throws -> Problem.Kind? {
        #expect(answer.header("content-type") == "application/problem+json")
        let value = try answer.json()
        #expect(value["status"]?.integerValue == Int64(answer.status))
        #expect(value["title"]?.textValue?.isEmpty == false)
        return Problem(value: value)?.kind
    }

    @Test func `health needs neither token nor body`() throws {
        #expect(try RawClient.send("GET", "/healthz", port: relay.port).status == 200)
    }

    @Test(arguments: [("GET", "/v1/sync"), ("PUT", "/v1/join"), ("DELETE", "/v1/sync"), ("POST", "/healthz")])
    func `another method is not allowed`(method: String, path: String) throws {
        let answer = try RawClient.send(method, path, port: relay.port)
        #expect(try problem(answer) == .methodNotAllowed)
        #expect(answer.header("allow") == (path == "/healthz" ? "GET, HEAD" : "POST"))
    }

    @Test(arguments: ["/", "/v1", "/v1/sync/", "/v2/sync", "/healthz/..", "/v1/sync%00"])
    func `another address holds nothing`(path: String) throws {
        #expect(try problem(RawClient.send("POST", path, port: relay.port)) == .notFound)
    }

    @Test(arguments: ["", "Bearer", "Basic abc", "Bearer 0123456789ABCDEFGHJKMNPQRS", "Bearer a b"])
    func `a token that is not good is refused`(authorization: String) throws {
        let request = SyncRequest(
            bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: 0, pageBytes: 1000)
        let headers = ["Authorization": authorization, "Content-Type": "application/cbor"]
        let answer = try relay.post("/v1/sync", request.encoded(), headers: headers)
        #expect(try problem(answer) == .unknownToken)
        #expect(answer.header("www-authenticate") == "Bearer")
    }

    @Test(arguments: [[], [0xFF], [0xA0], [0xA1, 0x68], Array("{}".utf8)] as [[UInt8]])
    func `a body that is no message is malformed`(body: [UInt8]) throws {
        for type in ["application/cbor", "application/json", "text/plain"] {
            let answer = try relay.post("/v1/join", body, headers: ["Content-Type": type])
            #expect(try problem(answer) == .malformedRequest)
        }
    }

    @Test func `another version of the protocol is told apart from nonsense`() throws {
        let answer = try relay.post(
            "/v1/join", Array(#"{"protocol": 2, "future": true}"#.utf8), headers: ["Content-Type": "application/json"])
        #expect(try problem(answer) == .unsupportedVersion)
    }

    @Test func `join and sync work in plain JSON`() throws {
        let invite = try relay.invite("admin")
        let device = TestDevice(relay)
        let join = JSON.encode(device.joinRequest(invite, name: "Ada").value)
        let joined = try relay.post(
            "/v1/join", Array(join.utf8), headers: ["Content-Type": "application/json; charset=utf-8"])
        #expect(joined.header("content-type") == "application/json")
        let token = try #require(try joined.json()["token"]?.textValue)
        let body = #"{"protocol": 1, "roster": 0, "clock": 0, "pageBytes": 100000}"#
        let headers = ["Content-Type": "application/json", "Authorization": "Bearer \(token)"]
        let synced = try relay.post("/v1/sync", Array(body.utf8), headers: headers)
        #expect(synced.status == 200)
        #expect(try SyncAnswer(decoding: synced.body, as: .json).segments.count == 2)
        let accepting = headers.merging(["Accept": "text/html, application/cbor;q=0.9"]) { $1 }
        let other = try relay.post("/v1/sync", Array(body.utf8), headers: accepting)
        #expect(other.header("content-type") == "application/cbor")
        #expect(try SyncAnswer(decoding: other.body).segments.count == 2)
    }

    @Test func `the log of requests holds no token and no invite`() throws {
        let invite = try relay.invite("admin")
        var device = TestDevice(relay)
        try device.join(invite)
        _ = try device.sync()
        let log = relay.logLines
        #expect(log.count == 2)
        #expect(log.allSatisfy { !$0.contains(device.token) && !$0.contains(invite) })
        #expect(try JSON.decode(log[1])["path"]?.textValue == "/v1/sync")
    }

    @Test func `a visit is written down with the offset of the clock`() throws {
        let admin = try relay.device("admin")
        _ = try admin.sync(
            SyncRequest(
                bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: relay.now - 3_600_000,
                pageBytes: 1000))
        let listing = try #require(try relay.relay.devices().first)
        #expect(listing.lastSync == relay.now)
        #expect(listing.clockOffset == 3_600_000)
        #expect(listing.replica == admin.replica.description)
        for clock in [Int64.min, .max] {
            _ = try admin.sync(
                SyncRequest(
                    bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: clock, pageBytes: .max >> 1))
        }
    }
}
