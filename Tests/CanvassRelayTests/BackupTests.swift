import CanvassCRDT
import CanvassCoding
import CanvassRelay
import CanvassWire
import Foundation
import TestSupport
import Testing

/// Copies that count only when all of them could be read.
@Suite final class BackupTests: WinterCampaign {
    private func backup(_ name: String = "backup.sqlite") throws -> BackupReceipt {
        try relay.relay.backup(to: relay.folder.path(name))
    }

    @Test func `what lies in a verified backup is told to be safe`() throws {
        var chain = ada.responses
        let before = try ada.sync(push: [try chain.segment(count: 3)])
        #expect(before.backup == nil)
        let receipt = try backup()
        #expect(receipt.verification.isSound)
        #expect(UInt64(receipt.verification.position) == before.position)
        #expect(try ada.sync().backup == before.position)
        let after = try ada.sync(push: [try chain.segment()])
        #expect(after.backup == before.position)
        #expect(after.position == before.position + 1)
        _ = try backup("second.sqlite")
        #expect(try ada.sync().backup == after.position)
    }

    @Test func `a backup into a folder is named by the time`() throws {
        let folder = relay.folder.path("backups")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let receipt = try relay.relay.backup(to: folder)
        #expect(receipt.path.hasSuffix("/backups/relay-20270115-080000.sqlite"))
        #expect(throws: RelayFailure.self) { try relay.relay.backup(to: folder) }
        #expect(throws: RelayFailure.self) { try relay.relay.backup(to: relay.folder.path("missing/x")) }
    }

    @Test func `forks, marks and erasures verify`() throws {
        var original = ada.responses
        _ = try ada.sync(push: [try original.segment(count: 5)])
        var copy = original
        _ = try ada.sync(push: [
            try original.segment([.put("survey", ada.id, "name", "misplaced")]), try copy.segment(count: 2),
        ])
        let person = relay.newID()
        _ = try ada.sync(push: [
            try copy.segment([
                .put("response", person, "comment", "x"),
                Erasure.edit(Erasure.hash(of: person), as: relay.newID()),
            ])
        ])
        let receipt = try backup()
        #expect(receipt.verification.findings == [])
    }

    @Test func `nothing of what was erased is in a later backup`() throws {
        var chain = ada.responses
        let person = relay.newID()
        _ = try ada.sync(push: [try chain.segment([.put("response", person, "comment", "not to be kept")])])
        let early = try backup("early.sqlite").path
        let bytes = Data(person.bytes.suffix(10))
        #expect(try Data(contentsOf: URL(filePath: early)).range(of: bytes) != nil)
        _ = try ada.sync(push: [
            try chain.segment([Erasure.edit(Erasure.hash(of: person), as: relay.newID())])
        ])
        let late = try backup("late.sqlite")
        #expect(late.verification.isSound)
        #expect(try Data(contentsOf: URL(filePath: late.path)).range(of: bytes) == nil)
    }

    @Test func `a restored relay is filled again by whoever comes`() throws {
        var chain = ada.responses
        _ = try ada.sync(push: [try chain.segment(count: 3)])
        let path = try backup().path
        _ = try ada.sync(push: [try chain.segment([.put("survey", ada.id, "name", "misplaced")])])
        _ = try ada.sync(push: [try chain.segment(count: 2)])
        let page = try reviewer.sync()
        let held = try page.sealed(in: chain.scope)
        try relay.restore(path)
        #expect(try Relay.verify(path).isSound, "restoring changes nothing in the backup")
        #expect(try reviewer.sync(bookmark: page.bookmark).isReset)
        #expect(try reviewer.sync().segments(in: chain.scope).count == 1)
        #expect(try reviewer.sync(push: held).refused.isEmpty, "the marks among it lead")
        let vector = try #require(try reviewer.sync().vector(of: chain.scope))
        #expect(vector[chain.replica] == [chain.tip])
        let again = try ada.sync(push: [try chain.segment([.put("survey", ada.id, "name", "misplaced again")])])
        #expect(again.refused.isEmpty)
        #expect(try again.marks().count == 2)
        let writers = try again.segments(in: chain.scope).map(\.replica).filter { $0 != chain.replica }
        #expect(Set(writers).count == 2, "after the restore the relay writes with another replica")
        #expect(try backup("again.sqlite").verification.isSound)
    }

    @Test func `nothing is restored over a relay by mistake, nor what is no backup`() throws {
        let path = try backup().path
        let folder = RelayDirectory(path: relay.folder.url.path)
        #expect(throws: RelayFailure.self) { try Relay.restore(path, to: folder, replacing: false) }
        let empty = RelayDirectory(path: relay.folder.path("new"))
        let text = try relay.folder.write("no database", to: "text")
        #expect(throws: RelayFailure.self) { try Relay.restore(text.path, to: empty, replacing: false) }
        #expect(throws: RelayFailure.self) {
            try Relay.restore(relay.folder.path("missing"), to: empty, replacing: false)
        }
        #expect(!empty.isMade)
        let (verification, former) = try Relay.restore(path, to: empty, replacing: false)
        #expect(verification.isSound)
        #expect(former == nil)
        #expect(empty.isMade)
        let second = try Relay.restore(path, to: empty, replacing: true)
        #expect(FileManager.default.fileExists(atPath: try #require(second.formerPath)))
    }

    @Test func `every damage to a backup is found or harmless`() throws {
        var chain = ada.responses
        for index in 0..<10 { _ = try ada.sync(push: [try chain.segment(count: 4, text: "answer \(index)")]) }
        let path = try backup().path
        let sound = try Data(contentsOf: URL(filePath: path))
        let original = try Relay.verify(path)
        var generator = SplitMix64.forTest("damaged backups")
        let damaged = relay.folder.path("damaged.sqlite")
        var found = 0
        for _ in 0..<80 {
            var bytes = sound
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            try bytes.write(to: URL(filePath: damaged))
            do {
                let verification = try Relay.verify(damaged)
                if !verification.isSound { found += 1 } else { #expect(verification.position == original.position) }
            } catch {
                found += 1
            }
        }
        #expect(found > 0)
        try sound.prefix(sound.count / 2).write(to: URL(filePath: damaged))
        #expect(throws: (any Error).self) {
            guard try Relay.verify(damaged).isSound else { throw CocoaError(.fileReadCorruptFile) }
        }
    }
}
