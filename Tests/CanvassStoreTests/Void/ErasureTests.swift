import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import Foundation
import TestSupport
import Testing

@Suite struct ErasureTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func soundness(_ number: UInt64) throws -> [DoctorReport.Finding] {
        try ReplicaStore.examine(path: folder.path("\(number).canvass"), repairing: false).findings
    }

    private func erase(_ entity: UInt64, in store: ReplicaStore) throws -> Change {
        let edit = Erasure.edit(Erasure.hash(of: .sample(entity)), as: .sample(500 + entity))
        return try store.commit([Edit(scope: .sample, edits: [edit])], clockMilliseconds: 1)[0]
    }

    @Test func `an erasure hides at once, and whatever is written later`() throws {
        let (store, other) = (try folder.store(1), try folder.store(2))
        try store.put("kept", of: 2)
        try store.put("gone")
        try other.apply(store.log())
        let late = try other.put("too late")
        try store.put("mine")
        let erasure = try erase(1, in: store)
        #expect(try store.state() == nil)
        #expect(try store.value(of: 2) == "kept")
        #expect(try store.database.read { try $0.isErased(.sample(1), in: .sample) })
        #expect(try !store.database.read { try $0.isErased(.sample(2), in: .sample) })
        try store.apply([late])
        #expect(try store.state() == nil)
        try other.apply(store.log())
        #expect(try other.state() == nil)
        #expect(try other.digest() == store.digest())
        // Its own cells may come and go: nothing returns.
        try store.commit(
            [
                Edit(
                    scope: .sample,
                    edits: [
                        EntityEdit(
                            kind: "erasure", entity: .sample(501),
                            operations: [
                                .init(.clear, field: "hash"), .init(.clear, field: EntityState.existenceField),
                            ])
                    ])
            ], clockMilliseconds: 2)
        #expect(try store.state() == nil)
        #expect(try soundness(1) == [])
        #expect(try soundness(2) == [])
        _ = erasure
    }

    @Test func `an erasure that is void erases nothing`() throws {
        let (store, reader) = (try folder.store(1), try folder.store(2))
        var relay = OrganisationWriter()
        try store.put("x")
        try store.put("y")
        let before = try store.snapshot()
        let erasure = try erase(1, in: store)
        try store.put("written while it was hidden", "b")
        #expect(try store.state() == nil)
        try store.apply([relay.mark([erasure], .misplaced)])
        #expect(try store.value() == "y")
        #expect(try store.value("b") == "written while it was hidden")
        #expect(try store.snapshot().count == before.count + 1)
        try reader.apply(relay.changes + store.log())
        #expect(try reader.digest() == store.digest())
        #expect(try soundness(1) == [])
        #expect(try soundness(2) == [])
    }

    @Test func `two erasures of one thing: one of them is enough`() throws {
        let (store, other) = (try folder.store(1), try folder.store(2))
        var relay = OrganisationWriter()
        try store.put("x")
        let first = try erase(1, in: store)
        try other.apply(store.log())
        let order = relay.erase(.sample(1), order: 501, marking: [])
        try store.apply([order, relay.mark([first], .misplaced)])
        #expect(try store.state() == nil)
        try other.apply(relay.changes)
        #expect(try other.state() == nil)
        #expect(try other.digest() == store.digest())
        #expect(try soundness(1) == [])
    }

    @Test func `what was in quarantine goes too when it is erased`() throws {
        let store = try folder.store(1)
        var relay = OrganisationWriter()
        let change = try store.put("x")
        try store.apply([relay.mark([change], .revoked)])
        #expect(try store.database.query("SELECT 1 FROM quarantine").rows.count == 1)
        try store.apply([relay.erase(.sample(1), order: 501, marking: [change])])
        #expect(try store.database.query("SELECT 1 FROM quarantine").rows.isEmpty)
        #expect(
            try store.database.query("SELECT void FROM changes WHERE void IS NOT NULL").rows
                == [[.text("erased revoked")]])
        #expect(try soundness(1) == [])
    }

    /// The files of a replica that hold some bytes.
    private func files(holding bytes: [UInt8]) throws -> [String] {
        let needle = Data(bytes)
        return try FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: nil)
            .filter { try Data(contentsOf: $0).range(of: needle) != nil }.map(\.lastPathComponent).sorted()
    }

    @Test func `once it is marked, nothing of it is in the file or beside it`() throws {
        let store = try folder.store(1)
        var relay = OrganisationWriter()
        var random = SplitMix64(seed: 7)
        // Pages split, rows move and grow: old copies lie about in the file.
        for round in 0..<6 {
            for entity in 0..<80 as Range<UInt64> {
                let filler = String(repeating: "f", count: Int(random.next() % 900))
                let text = entity % 8 == 3 ? "needle \(entity) \(filler)" : filler
                try store.put(.text(text), "field \(round % 4)", of: entity)
            }
        }
        let erased = (0..<80 as Range<UInt64>).filter { $0 % 8 == 3 }
        let needle = Array("needle ".utf8)
        #expect(try !files(holding: needle).isEmpty)
        let original = try store.log()
        for entity in erased {
            let victims = try store.log().filter { change in
                try change.body.map { try ChangeBody(decoding: $0).edits.contains { $0.entity == .sample(entity) } }
                    ?? false
            }
            #expect(victims.count == 6)
            try store.apply([relay.erase(.sample(entity), order: 1_000 + entity, marking: victims)])
        }
        #expect(try store.database.query("SELECT 1 FROM meta WHERE key = 'remains'").rows.count == 1)
        #expect(try store.removeRemains())
        #expect(try files(holding: needle) == [])
        for entity in erased { #expect(try files(holding: EntityID.sample(entity).bytes) == []) }
        #expect(try store.database.query("SELECT 1 FROM meta WHERE key = 'remains'").rows.isEmpty)
        #expect(try store.database.query("SELECT count(*) FROM entity WHERE is_alive").rows == [[.integer(80)]])
        #expect(try soundness(1) == [])
        // The other way: marks first, and bodies that come all the same.
        let reader = try folder.store(2)
        try reader.apply(relay.changes)
        #expect(try reader.apply(original) == 480)
        #expect(try files(holding: needle) == [])
    }

    @Test func `a reader in the way puts the removal off, and it is done later`() throws {
        let store = try folder.store(1)
        var relay = OrganisationWriter()
        let change = try store.put("needle")
        let reading = try ReplicaStore.open(path: folder.path("1.canvass"))
        try reading.database.read { connection in
            // The snapshot begins with the first look.
            _ = try connection.metaInteger(.remains)
            try store.apply([relay.erase(.sample(1), order: 501, marking: [change])])
            #expect(try !store.removeRemains())
        }
        #expect(try store.removeRemains())
        #expect(try files(holding: Array("needle".utf8)) == [])
    }
}
