import CanvassCoding
import Foundation
import TestSupport
import Testing

/// `canvass sync --watch`, with the real binaries.
struct WatchTests {
    /// Waits until a watch has told of so many changes, all in all.
    private func expect(_ count: Int64, _ field: String, of process: RunningProcess) async throws {
        let isReached = { @Sendable in
            let lines = process.output.split(separator: UInt8(ascii: "\n"))
            return lines.reduce(0) { $0 + ((try? JSON.decode(Array($1))[field]?.integerValue) ?? 0) } == count
        }
        let deadline = ContinuousClock.now + .seconds(60)
        while !isReached(), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        #expect(
            isReached(),
            "\(count) \(field): \(String(decoding: process.output + process.errors, as: UTF8.self))")
    }

    @Test
    func
        `what others change comes by itself, what another program writes goes, and a relay that was away is found again`()
        async throws
    {
        let organisation = try Organisation()
        try await organisation.startRelay()
        try await organisation.openCampaign(by: "designer")
        try await organisation.join("ana", role: "collector")
        try await organisation.join("rita", role: "reviewer")
        let watch = { (person: String) in
            try RunningProcess("canvass", ["sync", "--watch", "--json", "--replica", organisation.path(of: person)])
        }
        let (ana, rita) = (try watch("ana"), try watch("rita"))
        for process in [ana, rita] {
            _ = try await process.line(within: .seconds(60)) { $0.contains("\"rounds\"") }
        }
        let first = try #require(rita.output.split(separator: UInt8(ascii: "\n")).first)
        let seen = try #require(try JSON.decode(Array(first))["received"]?.integerValue)

        // Nobody syncs by hand.
        try await collect(3, in: organisation)
        try await expect(1, "sent", of: ana)
        try await expect(seen + 1, "received", of: rita)

        try await organisation.killRelay()
        try await collect(4, in: organisation)
        _ = try await ana.line { $0.contains("Trying again in") }
        try await organisation.startRelay()
        try await expect(2, "sent", of: ana)
        try await expect(seen + 2, "received", of: rita)
        #expect(try await organisation.digests(of: "ana").count == 2)

        // Who is revoked is told, and stops; the others stop when asked.
        let devices = try await organisation.relayCommand(["devices"]).listValue
        let member = try #require(devices?.first { $0["name"]?.textValue == "rita" }?["member"]?.textValue)
        _ = try await organisation.relayCommand(["revoke", member])
        #expect(try await rita.exit(within: .seconds(60)) == 1)
        ana.send(signal: SIGINT)
        #expect(try await ana.exit(within: .seconds(20)) == 0)
    }

    private func collect(_ score: Int, in organisation: Organisation) async throws {
        let outcome = try await organisation.run(
            "ana", ["collect", "field", "--answers", "-"], input: Data(#"{"score": \#(score)}"#.utf8))
        #expect(outcome.status == 0, "\(outcome.errorText)")
    }
}
