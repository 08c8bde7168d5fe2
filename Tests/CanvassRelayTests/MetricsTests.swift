import CanvassCRDT
import CanvassCoding
import CanvassRelay
import CanvassWire
import TestSupport
import Testing

/// `/metrics`, read by a reader that knows only the format.
@Suite final class MetricsTests: WinterCampaign {
    private static let token = "a-token-of-operators"

    init() throws {
        try super.init(
            relay: TestRelay { environment in environment.operators = OperatorAccess(token: MetricsTests.token) })
    }

    private func page() throws -> MetricsPage {
        let answer = try RawClient.send(
            "GET", "/metrics", port: relay.port, headers: ["Authorization": "Bearer \(Self.token)"])
        #expect(answer.status == 200)
        #expect(answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
        return try MetricsPage(String(decoding: answer.body, as: UTF8.self))
    }

    @Test func `requests, commits and changes are counted`() throws {
        let before = try page()
        var chain = ada.responses
        _ = try ada.sync(push: [try chain.segment(count: 3), try chain.segment(count: 2)])
        _ = try reviewer.sync()
        _ = try RawClient.send("GET", "/a/path/of/ones/own", port: relay.port)
        let after = try page()
        func growth(_ sample: String) -> Double? { after[sample].map { $0 - (before[sample] ?? 0) } }
        #expect(growth(#"canvass_relay_requests_total{route="/v1/sync",status="200"}"#) == 2)
        #expect(growth(#"canvass_relay_requests_total{route="other",status="404"}"#) == 1)
        #expect(growth(#"canvass_relay_request_duration_seconds_count{route="/v1/sync"}"#) == 2)
        #expect(growth("canvass_relay_pushed_changes_total") == 5)
        #expect(try #require(growth("canvass_relay_pulled_changes_total")) >= 5)
        #expect(try #require(growth("canvass_relay_commit_requests_count")) >= 1)
        #expect(growth("canvass_relay_log_position") == 5)
        #expect(growth("canvass_relay_segments{campaign=\"\(campaign)\"}") == 2)
        #expect(growth("canvass_relay_changes{campaign=\"\(campaign)\"}") == 5)
        #expect(growth("canvass_relay_connections_accepted_total") == 4)
        #expect(try #require(growth("canvass_relay_received_bytes_total")) > 500)
        #expect(after["canvass_relay_ready"] == 1)
        #expect(try #require(after["process_resident_memory_bytes"]) > 1_000_000)
        #expect(after.types["canvass_relay_request_duration_seconds"] == "histogram")
    }

    @Test func `what an operator watches is there`() throws {
        _ = try bob.sync(
            SyncRequest(
                bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: relay.now - 7_200_000,
                pageBytes: 1000))
        relay.advanceClock(milliseconds: 86_400_000)
        var chain = ada.responses
        _ = try ada.sync(push: [
            try chain.segment(), try chain.segment([.put("survey", ada.id, "name", "misplaced")]),
        ])
        let early = try page()
        #expect(early["canvass_relay_oldest_silent_device_seconds"] == 86_400)
        #expect(early["canvass_relay_largest_clock_offset_seconds"] == 7200)
        #expect(early["canvass_relay_quarantined_changes"] == 1)
        #expect(early[#"canvass_relay_devices{state="active"}"#] == 4)
        #expect(early["canvass_relay_backup_time_seconds"] == nil)
        #expect(early["canvass_relay_backup_pending_changes"] == early["canvass_relay_log_position"])
        // A database server does not say how much room it has.
        #expect(((early["canvass_relay_disk_free_bytes"] ?? 0) > 0) != TestRelay.isOnPostgres)
        #expect(try #require(early["canvass_relay_database_bytes"]) > 0)
        _ = try relay.relay.backup(to: relay.folder.path("copy.sqlite"))
        _ = try relay.relay.revoke(bob.id.description)
        try relay.relay.setCampaignQuota(bytes: 1 << 30)
        let late = try page()
        #expect(late["canvass_relay_backup_time_seconds"] == Double(relay.now) / 1000)
        #expect(late["canvass_relay_backup_pending_changes"] == 1, "the revocation came after it")
        #expect(late[#"canvass_relay_devices{state="revoked"}"#] == 1)
        #expect(late["canvass_relay_largest_clock_offset_seconds"] == 0, "a revoked device's clock is nobody's concern")
        #expect(late["canvass_relay_campaign_quota_bytes"] == 1_073_741_824)
    }

    @Test func `however many campaigns there are, a page stays short`() throws {
        for number in 0..<60 { _ = try relay.campaign("Campaign \(number)", by: admin) }
        let page = try page()
        let listed = page.values.keys.filter { $0.hasPrefix("canvass_relay_segments{") }
        #expect(listed.count == 52, "the roster, fifty and the others")
        let total = listed.compactMap { page[$0] }.reduce(0, +)
        let figures = try relay.relay.figures()
        #expect(total == Double(figures.campaigns.map(\.segmentCount).reduce(0, +)))
        #expect(figures.campaigns.map(\.changeCount).reduce(0, +) == figures.position)
        #expect(page[#"canvass_relay_segments{campaign="other"}"#] == 11)
    }

    @Test func `figures are for operators`() throws {
        func status(_ authorization: String?, port: UInt16) throws -> Int {
            try RawClient.send(
                "GET", "/metrics", port: port, headers: authorization.map { ["Authorization": $0] } ?? [:]
            ).status
        }
        #expect(try status(nil, port: relay.port) == 401)
        #expect(try status("Bearer a-token-of-operatorz", port: relay.port) == 401)
        #expect(try status("Bearer \(admin.token)", port: relay.port) == 401)
        let closed = try TestRelay()
        #expect(try status(nil, port: closed.port) == 404)
        #expect(try status("Bearer \(Self.token)", port: closed.port) == 404)
    }
}
