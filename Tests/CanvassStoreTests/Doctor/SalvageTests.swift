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

    @Test(arguments: [0..<1, 0..<8, 3..<5, 5..<7])
    func `rows on a page whose head is damaged are found in its bytes`(damaged: Range<Int>) throws {
        let sample = try DoctorSample()
        let before = try ReplicaStore.open(path: sample.path).snapshot()
        let heads = try ReplicaStore.open(path: sample.path).database.query("SELECT head FROM change").rows
        var bytes = try Data(contentsOf: URL(filePath: sample.path))
        guard case .blob(let head)? = heads.last?.first else { throw StoreError.damaged("the sample") }
        let place = try #require(bytes.range(of: Data(head)))
        let page = place.lowerBound / 4_096 * 4_096
        for offset in damaged { bytes[page + offset] = 0 }
        try bytes.write(to: URL(filePath: sample.path))
        let target = sample.folder.path("saved.canvass")
        let report = try ReplicaStore.salvage(from: sample.path, to: target)
        #expect(report.changesSound == 18, "\(report.findings)")
        #expect(try ReplicaStore.open(path: target).snapshot() == before)
    }
}
