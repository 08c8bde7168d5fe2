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
        let draft = StoredDraft(
            id: .sample(70), survey: .sample(71), version: .sample(72), language: "ar", startedMilliseconds: 1,
            answers: [.init("score", .integer(9))])
        for damaged in [0..<16, 0..<100, 0..<4_096] {
            let sample = try DoctorSample()
            try ReplicaStore.open(path: sample.path).database.write { try $0.insert(draft) }
            let before = try ReplicaStore.open(path: sample.path).snapshot()
            var bytes = try Data(contentsOf: URL(filePath: sample.path))
            for offset in damaged { bytes[offset] = 0 }
            try bytes.write(to: URL(filePath: sample.path))
            let target = sample.folder.path("saved.canvass")
            let report = try ReplicaStore.salvage(from: sample.path, to: target)
            #expect(report.changesSound == 18, "\(damaged): \(report.findings)")
            #expect(try ReplicaStore.open(path: target).snapshot() == before)
            let drafts = try ReplicaStore.open(path: target).database.read { try $0.drafts() }
            #expect(drafts.map(\.id) == [draft.id] && drafts.first?.answers == draft.answers)
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

    /// The last row lies before all others of its page, so what stands before its head is its own: sizes, numbers, types.
    @Test(arguments: (20...54).filter { $0.isMultiple(of: 2) })
    func `a change is saved whose length is damaged in the file`(distance: Int) throws {
        let sample = try DoctorSample()
        let heads = try ReplicaStore.open(path: sample.path).database.query("SELECT head FROM change").rows
        var bytes = try Data(contentsOf: URL(filePath: sample.path))
        guard case .blob(let head)? = heads.last?.first else { throw StoreError.damaged("the sample") }
        let place = try #require(bytes.range(of: Data(head)))
        bytes[place.lowerBound - distance] ^= 1 << UInt8(distance / 2 % 8)
        try bytes.write(to: URL(filePath: sample.path))
        let target = sample.folder.path("saved.canvass")
        let report = try ReplicaStore.salvage(from: sample.path, to: target)
        #expect(report.changesSound == 18, "\(report.findings)")
        #expect(try ReplicaStore.examine(path: target, repairing: false).findings == [])
    }

    /// Where the log is read, a wrong position hides the row itself, or those behind it.
    @Test(arguments: [2, 7, 15, 17, 18] as [UInt8], [0, 2, 4, 7] as [UInt8])
    func `a change is saved whose position is damaged in the file`(position: UInt8, bit: UInt8) throws {
        let sample = try DoctorSample()
        let query = "SELECT id, digest FROM scope ORDER BY id"
        let before = try ReplicaStore.open(path: sample.path).database.query(query).rows
        // The position, the size of the record's head, and the null that stands for the position in it.
        try sample.flip(bit, of: [position, 13, 0], at: 0)
        let target = sample.folder.path("saved.canvass")
        let report = try ReplicaStore.salvage(from: sample.path, to: target)
        #expect(report.changesSound == 18, "\(report.findings)")
        #expect(try ReplicaStore.examine(path: target, repairing: false).findings == [])
        #expect(try ReplicaStore.open(path: target).database.query(query).rows == before)
    }

    /// Each change lies in the write-ahead log once for each later version of its page. SQLite reads the log up to the first
    /// damaged frame.
    @Test(arguments: [false, true])
    func `what a write-ahead log holds behind a damaged frame is saved`(isDamaged: Bool) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store(1)
        for number in 1...12 { try store.put(.integer(Int64(number)), of: UInt64(number)) }
        let bodies = try store.database.query("SELECT body FROM change ORDER BY position").rows
        guard case .blob(let body)? = bodies[1].first else { throw StoreError.damaged("the sample") }
        let path = folder.path("copy.canvass")
        for suffix in ["", "-wal"] {
            var bytes = try Data(contentsOf: URL(filePath: folder.path("1.canvass") + suffix))
            while isDamaged, let place = bytes.range(of: Data(body)) {
                bytes.replaceSubrange(place, with: Data(repeating: 0xff, count: body.count))
            }
            try bytes.write(to: URL(filePath: path + suffix))
        }
        let target = folder.path("saved.canvass")
        let report = try ReplicaStore.salvage(from: path, to: target)
        #expect(report.changesSound == (isDamaged ? 1 : 12), "\(report.findings)")
        #expect(report.madeAgain == (isDamaged ? 10 : 0))
        // The header of a file whose first page is still in its log is none, and is mended.
        #expect(report.findings.allSatisfy { $0.kind == .structure } == !isDamaged, "\(report.findings)")
        #expect(try ReplicaStore.examine(path: target, repairing: false).findings == [])
    }

    @Test(arguments: 0...6 as ClosedRange<UInt8>)
    func `a replica whose number is damaged in the file goes on where it was`(bit: UInt8) throws {
        let sample = try DoctorSample()
        let query = "SELECT scope, sequence FROM tip WHERE is_own ORDER BY scope"
        let before = try ReplicaStore.open(path: sample.path).database.query(query).rows
        // The size of the record, the number, and the types of the values.
        try sample.flip(bit, of: [11, 1, 3, 0, 28], at: 1)
        let target = sample.folder.path("saved.canvass")
        _ = try ReplicaStore.salvage(from: sample.path, to: target)
        #expect(try ReplicaStore.examine(path: target, repairing: false).findings == [])
        #expect(try ReplicaStore.open(path: target).database.query(query).rows == before)
    }
}

extension DoctorSample {
    /// Flips a bit where some bytes stand, which do only once.
    fileprivate func flip(_ bit: UInt8, of pattern: [UInt8], at offset: Int) throws {
        var bytes = try Data(contentsOf: URL(filePath: path))
        let place = try #require(bytes.range(of: Data(pattern)))
        try #require(bytes.range(of: Data(pattern), in: place.upperBound..<bytes.endIndex) == nil)
        bytes[place.lowerBound + offset] ^= 1 << bit
        try bytes.write(to: URL(filePath: path))
    }
}
