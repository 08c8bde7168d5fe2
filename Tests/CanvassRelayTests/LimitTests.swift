import CanvassCRDT
import CanvassCoding
import CanvassRelay
import CanvassWire
import Testing

/// Who asks too much waits, and nobody else does.
@Suite struct LimitTests {
    private let proxy = TrustedProxies([AddressRange("127.0.0.1")].compactMap { $0 })

    private func relay(device: Int = 0, stranger: Int = 0, proxies: TrustedProxies = TrustedProxies()) throws
        -> TestRelay
    {
        try TestRelay { environment in
            environment.limits = RateLimits(devicePerMinute: device, strangerPerMinute: stranger)
            environment.proxies = proxies
        }
    }

    private func sync(_ relay: TestRelay, token: String, from client: String? = nil) throws -> RawClient.Answer {
        let request = SyncRequest(
            bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: relay.now, pageBytes: 1000)
        var headers = ["Authorization": "Bearer \(token)", "Content-Type": "application/cbor"]
        if let client { headers["X-Forwarded-For"] = client }
        return try relay.post("/v1/sync", request.encoded(), headers: headers)
    }

    @Test func `a device over its limit waits as long as it is told`() throws {
        let relay = try relay(device: 10)
        let admin = try relay.device("admin")
        let other = try relay.device("admin")
        let statuses = try (0..<12).map { _ in try sync(relay, token: admin.token).status }
        #expect(statuses.filter { $0 == 429 }.count >= 1 && statuses.prefix(10).allSatisfy { $0 == 200 })
        let answer = try sync(relay, token: admin.token)
        #expect(answer.status == 429)
        #expect(Problem(value: try answer.json())?.kind == .tooManyRequests)
        let seconds = try #require(answer.header("retry-after").flatMap { Int64($0) })
        #expect((1...6).contains(seconds))
        #expect(try sync(relay, token: other.token).status == 200, "it costs nobody else anything")
        relay.advanceClock(milliseconds: seconds * 1000)
        #expect(try sync(relay, token: admin.token).status == 200)
    }

    @Test func `forty tablets behind one address enrol and sync at once`() throws {
        let relay = try relay(device: 6_000, stranger: 60)
        let admin = try relay.device("admin")
        _ = try relay.campaign("Winter", by: admin)
        let invite = try relay.invite("collector", campaign: "Winter", uses: 40)
        for _ in 0..<40 {
            var tablet = TestDevice(relay)
            try tablet.join(invite)
            for _ in 0..<3 { _ = try tablet.sync() }
        }
    }

    @Test func `guessing ends soon, and costs no device behind the same address anything`() throws {
        let relay = try relay(stranger: 2)
        let admin = try relay.device("admin")
        _ = try admin.sync()
        let statuses = try (0..<20).map { try sync(relay, token: "GUESS\($0)").status }
        #expect(statuses.first == 401 && statuses.last == 429)
        #expect(statuses.filter { $0 == 401 }.count < 10)
        var late = TestDevice(relay)
        let invite = try relay.invite("admin")
        #expect(throws: Problem.self) { try late.join(invite) }
        #expect(try sync(relay, token: admin.token).status == 200)
        relay.advanceClock(milliseconds: 60_000)
        try late.join(invite)
    }

    @Test func `behind a trusted proxy each address counts for itself`() throws {
        let relay = try relay(stranger: 1, proxies: proxy)
        func guess(_ client: String) throws -> Int { try sync(relay, token: "GUESS", from: client).status }
        for _ in 0..<5 { #expect(try guess("198.51.100.7") == 401) }
        #expect(try guess("198.51.100.7") == 429)
        #expect(try guess("198.51.100.8") == 401)
        // What stands before the last hop, the sender made up.
        #expect(try guess("203.0.113.1, 198.51.100.7") == 429)
        #expect(try guess("203.0.113.2, 198.51.100.7, 127.0.0.1") == 429)
        // A customer has all of a network of version 6.
        for host in 1...5 { #expect(try guess("2001:db8:1:2::\(host)") == 401) }
        #expect(try guess("2001:db8:1:2:ffff::9") == 429)
        #expect(try guess("2001:db8:1:3::1") == 401)
    }

    @Test func `nobody else is believed`() throws {
        let relay = try relay(stranger: 1)
        for index in 0..<5 { #expect(try sync(relay, token: "GUESS", from: "198.51.100.\(index)").status == 401) }
        #expect(try sync(relay, token: "GUESS", from: "198.51.100.99").status == 429)
    }

    @Test func `a clock that goes back locks nobody out`() throws {
        let relay = try relay(device: 1)
        let admin = try relay.device("admin")
        #expect(try sync(relay, token: admin.token).status == 200)
        relay.advanceClock(milliseconds: -86_400_000)
        _ = try sync(relay, token: admin.token)
        relay.advanceClock(milliseconds: 60_000)
        #expect(try sync(relay, token: admin.token).status == 200)
    }
}
