import Canvass
import CanvassSQLite
import CanvassStore
import Foundation
import TestSupport
import Testing

/// A damaged replica, repaired or salvaged, against a relay that holds what was sent.
struct DoctorTests {
    @Test(arguments: [
        "UPDATE change SET body = x'80' WHERE position = (SELECT max(position) - 3 FROM change)",
        "DELETE FROM change WHERE position = (SELECT max(position) - 3 FROM change)",
        "UPDATE entity SET fields = '{}'",
        "DELETE FROM version; DELETE FROM tip; UPDATE scope SET digest = 0",
    ])
    func `a repaired replica is healed by its next sync`(damage: String) async throws {
        let world = try World()
        _ = try await world.designer()
        let rita = try await world.join("Rita", ["reviewer"])
        let ana = try await world.join("Ana", ["collector"])
        for score in 1...8 { try ana.take(Int64(score)) }
        try await settleAll(ana, rita)
        let before = try ana.store.database.query("SELECT entity, fields FROM entity ORDER BY 1").rows
        try ana.store.database.write { connection in try connection.execute(damage) }
        #expect(try !ana.examine().isSound)
        let report = try ana.examine(repair: true)
        #expect(report.isRepaired)
        #expect(report.unsyncedLost == 0)
        try await settleAll(ana, rita)
        #expect(try ana.examine().findings == [])
        #expect(try ana.store.database.query("SELECT entity, fields FROM entity ORDER BY 1").rows == before)
        let agreed = try agreement(ana, rita)
        #expect(agreed.common > 1)
        #expect(agreed.differing == [])
        try ana.take(9)
        try await settleAll(ana, rita)
        #expect(try rita.status().responses == 9)
    }

    @Test func `work that was never sent is made again behind a damaged change, and reaches everybody`() async throws {
        let world = try World()
        _ = try await world.designer()
        let rita = try await world.join("Rita", ["reviewer"])
        let ana = try await world.join("Ana", ["collector"])
        try ana.take(1)
        try await settleAll(ana, rita)
        for score in 2...6 { try ana.take(Int64(score)) }
        try ana.store.database.write { connection in
            try connection.execute(
                "UPDATE change SET body = x'80' WHERE position = (SELECT max(position) - 4 FROM change)")
        }
        let report = try ana.examine(repair: true)
        #expect(report.unsyncedLost == 5)
        #expect(report.madeAgain == 4)
        try await settleAll(ana, rita)
        #expect(try rita.status().responses == 5)
        #expect(try rita.status().conflicts == 0)
        #expect(try agreement(ana, rita).differing == [])
    }

    @Test func `a salvaged replica is the same device, and a sync brings back what was lost`() async throws {
        let world = try World()
        _ = try await world.designer()
        let rita = try await world.join("Rita", ["reviewer"])
        let ana = try await world.join("Ana", ["collector"])
        for score in 1...20 { try ana.take(Int64(score % 11)) }
        try await settleAll(ana, rita)
        try ana.store.database.truncateLog()
        let damaged = world.folder.path("damaged.canvass")
        var bytes = try Data(contentsOf: URL(filePath: ana.path))
        for offset in bytes.count / 2..<bytes.count / 2 + 8_192 { bytes[offset] = 0 }
        for offset in 0..<4_096 { bytes[offset] = 0 }
        try bytes.write(to: URL(filePath: damaged))
        let target = world.folder.path("saved.canvass")
        let report = try Replica.salvage(from: damaged, to: target)
        #expect(!report.isSound)
        let saved = try Replica.open(at: target, environment: world.environment("saved"))
        #expect(saved.id == ana.id)
        try await settleAll(saved, rita)
        #expect(try saved.examine().findings == [])
        #expect(try saved.status().responses == 20)
        #expect(try agreement(saved, rita).differing == [])
    }

    @Test func `a backup made while responses come in is a sound replica`() async throws {
        let world = try World()
        _ = try await world.designer()
        let ana = try await world.join("Ana", ["collector"])
        try ana.take(1)
        async let recording: Void = {
            for score in 0...40 { try ana.take(Int64(score % 11)) }
        }()
        for number in 1...5 {
            let outcome = try ana.backup(to: world.folder.path("backup-\(number).canvass"))
            #expect(outcome.report.findings == [])
            #expect(outcome.responses > 0)
            #expect(outcome.bytes > 0)
        }
        try await recording
        let path = world.folder.path("backup-1.canvass")
        #expect(failure { try ana.backup(to: path) }?.code == .invalidInput)
        #expect(try ana.backup(to: path, replacing: true).responses == 42)
        #expect(failure { try ana.backup(to: ana.path, replacing: true) }?.code == .invalidInput)
    }
}
