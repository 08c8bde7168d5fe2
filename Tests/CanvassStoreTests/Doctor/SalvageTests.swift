import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import Foundation
import TestSupport
import Testing

struct SalvageTests {
    @Test func `a sound file is salvaged whole`() throws {
        let sample = try DoctorSample()
        let target = sample.folder.path("saved.canvass")
        let report = try ReplicaStore.salvage(from: sample.path, to: target)
        #expect(report.findings == [])
        let original = try ReplicaStore.open(path: sample.path)
        let saved = try ReplicaStore.open(path: target)
        #expect(saved.replica == original.replica)
        #expect(saved.device == original.device)
        #expect(try saved.snapshot() == original.snapshot())
        #expect(try ReplicaStore.examine(path: target, repairing: false).findings == [])
        #expect(throws: DoctorError.exists(path: target)) {
            try ReplicaStore.salvage(from: sample.path, to: target)
        }
    }

    @Test(arguments: [1, 2, 4, 8, 16, 20])
    func `a truncated file never traps, and what it still holds is saved`(pages: Int) throws {
        let sample = try DoctorSample()
        let bytes = try Data(contentsOf: URL(filePath: sample.path))
        try bytes.prefix(pages * 4_096 + 100).write(to: URL(filePath: sample.path))
        let target = sample.folder.path("saved.canvass")
        if (try? ReplicaStore.salvage(from: sample.path, to: target)) != nil {
            #expect(try ReplicaStore.examine(path: target, repairing: false).findings == [])
        } else {
            #expect(!FileManager.default.fileExists(atPath: target))
        }
    }

    @Test func `a lost header and a lost first page are put back`() throws {
        for damaged in [0..<16, 0..<100, 0..<4_096] {
            let sample = try DoctorSample()
            let before = try ReplicaStore.open(path: sample.path).snapshot()
            var bytes = try Data(contentsOf: URL(filePath: sample.path))
            for offset in damaged { bytes[offset] = 0 }
            try bytes.write(to: URL(filePath: sample.path))
            let target = sample.folder.path("saved.canvass")
            let report = try ReplicaStore.salvage(from: sample.path, to: target)
            #expect(report.changesSound == 18, "\(damaged): \(report.findings)")
            #expect(try ReplicaStore.open(path: target).snapshot() == before)
        }
    }

    /// Outcomes of one flipped bit.
    struct Tally {
        var sound = 0
        var found = 0
        var refused = 0
        var wholeSalvages = 0
        var partialSalvages = 0
        var noSalvage = 0
    }

    /// `CANVASS_FLIPS=all` flips a bit of every byte of the file, a number as many; 400 without.
    @Test func `no flipped bit changes the state unseen, traps, or leaves nothing to salvage`() throws {
        let sample = try DoctorSample()
        let original = try Data(contentsOf: URL(filePath: sample.path))
        let expected = try ReplicaStore.open(path: sample.path).snapshot()
        let wanted = ProcessInfo.processInfo.environment["CANVASS_FLIPS"]
        let count = wanted == "all" ? original.count : wanted.flatMap(Int.init) ?? 400
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix64(seed: seed)
        let offset = Int.random(in: 0..<max(1, original.count / count), using: &random)
        var tally = Tally()
        for step in 0..<count {
            let position = (step * original.count / count + offset) % original.count
            let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
            try check(flip: position, bit, original, expected, &tally, "seed \(seed)")
        }
        print("bit flips: \(count) of \(original.count) bytes, seed \(seed): \(tally)")
        #expect(tally.noSalvage == 0)
    }

    private func check(
        flip position: Int, _ bit: UInt8, _ original: Data, _ expected: [[SQLiteValue]], _ tally: inout Tally,
        _ note: Comment
    ) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("flipped.canvass")
        let target = folder.path("saved.canvass")
        var bytes = original
        bytes[position] ^= bit
        try bytes.write(to: URL(filePath: path))
        var isSound = false
        do {
            isSound = try ReplicaStore.examine(path: path, repairing: false).isSound
            if isSound { tally.sound += 1 } else { tally.found += 1 }
        } catch {
            tally.refused += 1
        }
        if isSound {
            // Harmless: free space, a counter of the header, or a table beside the log.
            let state = try ReplicaStore.open(path: path).snapshot()
            #expect(state == expected, "byte \(position): unseen, \(note)")
        }
        guard let report = try? ReplicaStore.salvage(from: path, to: target) else {
            tally.noSalvage += 1
            Issue.record("byte \(position): nothing salvaged, \(note)")
            return
        }
        #expect(
            try ReplicaStore.examine(path: target, repairing: false).findings == [], "byte \(position), \(note)")
        if report.changesSound == 18 { tally.wholeSalvages += 1 } else { tally.partialSalvages += 1 }
    }
}
