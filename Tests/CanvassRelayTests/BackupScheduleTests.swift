import CanvassCRDT
import CanvassRelay
import CanvassWire
import Foundation
import TestSupport
import Testing

/// Backups that a relay makes by itself while it serves.
@Suite(.serialized) final class BackupScheduleTests: WinterCampaign {
    private static let token = "a-token-of-operators"
    private let folder: String

    init() throws {
        let relay = try TestRelay { environment in
            environment.operators = OperatorAccess(token: BackupScheduleTests.token)
        }
        folder = relay.folder.path("backups")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try super.init(relay: relay)
    }

    private func schedule(hours: Int64 = 1, keeping count: Int = 2, command: String? = nil) throws -> BackupSchedule {
        try BackupSchedule(
            BackupSchedule.Plan(
                intervalMilliseconds: hours * 3_600_000, folder: folder, keptCount: count, command: command),
            of: relay.relay)
    }

    private func figure(_ sample: String) throws -> Double? {
        let answer = try RawClient.send(
            "GET", "/metrics", port: relay.port, headers: ["Authorization": "Bearer \(Self.token)"])
        return try MetricsPage(String(decoding: answer.body, as: UTF8.self))[sample]
    }

    private struct TimedOut: Error {
        let sample: String
        let value: Double?
    }

    /// Waits until a figure has a value.
    private func wait(for sample: String, _ value: Double) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try figure(sample) != value {
            guard ContinuousClock.now < deadline else {
                throw TimedOut(sample: sample, value: try figure(sample))
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
    }

    @Test func `they are made when due, verified, told to devices, and the oldest go`() async throws {
        try Data("x".utf8).write(to: URL(filePath: folder + "/relay-of-somebody-else.sqlite"))
        let schedule = try schedule()
        defer { schedule.stop() }
        try await wait(for: "canvass_relay_backups_total", 1)
        var chain = ada.responses
        let answer = try ada.sync(push: [try chain.segment(count: 3)])
        #expect(answer.backup == answer.position - 3)
        relay.advanceClock(milliseconds: 3_500_000)
        try await Task.sleep(for: .milliseconds(600))
        #expect(try figure("canvass_relay_backups_total") == 1, "not yet")
        for count in 2...4 {
            relay.advanceClock(milliseconds: 3_600_000)
            try await wait(for: "canvass_relay_backups_total", Double(count))
        }
        #expect(try ada.sync().backup == answer.position)
        let kept = try files
        #expect(kept.count == 3 && kept.last == "relay-of-somebody-else.sqlite", "\(kept)")
        #expect(try Relay.verify(folder + "/" + kept[1]).isSound)
        #expect(try figure("canvass_relay_backup_failing") == 0)
    }

    @Test func `one counts only after the operator's command`() async throws {
        let copies = relay.folder.path("copies")
        let schedule = try schedule(command: "test -d '\(copies)' && cp \"$1\" '\(copies)'/")
        defer { schedule.stop() }
        try await wait(for: "canvass_relay_backup_failures_total", 1)
        #expect(try figure("canvass_relay_backup_failing") == 1)
        #expect(try ada.sync().backup == nil, "a copy that never left the disk is none")
        #expect(relay.logLines.contains { $0.contains("backup failed") && $0.contains("ended with 1") })
        try FileManager.default.createDirectory(atPath: copies, withIntermediateDirectories: true)
        relay.advanceClock(milliseconds: 600_000)
        try await wait(for: "canvass_relay_backups_total", 1)
        #expect(try figure("canvass_relay_backup_failing") == 0)
        #expect(try ada.sync().backup != nil)
        let copy = try #require(try FileManager.default.contentsOfDirectory(atPath: copies).first)
        #expect(try Relay.verify(copies + "/" + copy).isSound)
    }

    @Test func `a drill: what was told to be safe is there after the relay is gone`() async throws {
        let schedule = try schedule()
        var chain = ada.responses
        let before = try ada.sync(push: [try chain.segment(count: 5)])
        relay.advanceClock(milliseconds: 3_600_000)
        try await wait(for: "canvass_relay_backup_pending_changes", 0)
        schedule.stop()
        #expect(try #require(try ada.sync().backup) >= before.position)
        let backup = try #require(try files.last)
        try relay.restore(folder + "/" + backup)
        let vector = try #require(try reviewer.sync().vector(of: chain.scope))
        #expect(vector[chain.replica] == [chain.tip])
    }

    @Test func `a command that hangs does not keep the relay from ending`() async throws {
        let started = relay.folder.path("started")
        let schedule = try schedule(command: "touch '\(started)'; sleep 600")
        let deadline = ContinuousClock.now + .seconds(20)
        while !FileManager.default.fileExists(atPath: started), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        let time = ContinuousClock().measure { schedule.stop() }
        #expect(time < .seconds(10))
        #expect(try ada.sync().backup == nil)
    }

    @Test func `a folder that is missing is said at the start`() throws {
        try FileManager.default.removeItem(atPath: folder)
        #expect(throws: RelayFailure.self) { try schedule() }
    }
}
