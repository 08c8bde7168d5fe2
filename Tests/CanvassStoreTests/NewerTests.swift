import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import TestSupport
import Testing

@Suite struct NewerTests {
    private static let unknown = CanvassCRDT.Operation(.unknown([0x82, 0x18, 0x63, 0x00]), field: "")

    private func count(_ store: ReplicaStore) throws -> NewerCount {
        try store.database.read { try $0.newerCount() }
    }

    @Test func `changes are counted by what of them is unknown, once each`() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store(1)
        try store.put("known")
        #expect(try count(store) == NewerCount())
        try store.note(1, [Self.unknown, .init(.put(.foreign([0xF7])), field: "a")])
        try store.note(2, [.init(.put([.map([.init("x", .foreign([0xC1, 0x00]))])]), field: "b")])
        try store.note(3, [.add(.foreign([0xF8, 0xFF]), to: "s")])
        let hologram = EntityEdit(
            kind: "hologram", entity: .sample(4), operations: [.init(.put(1), field: "a"), Self.unknown])
        try store.commit([Edit(scope: .sample, edits: [hologram])], clockMilliseconds: 0)
        #expect(try count(store) == NewerCount(changes: 4, operations: 2, kinds: 1, values: 3))
    }

    @Test func `what is unknown is kept, passed on byte by byte, and survives a repair`() throws {
        let folder = try TemporaryFolder()
        let (left, right) = (try folder.store(1), try folder.store(2))
        let made = try left.note(1, [Self.unknown, .init(.put(.foreign([0xF7])), field: "a")])
        try right.apply([made])
        #expect(try right.log().map(\.body) == left.log().map(\.body))
        #expect(try right.digest() == left.digest())
        #expect(try count(right) == count(left) && count(right).changes == 1)
        // A damaged tip makes the doctor build everything anew from the log.
        try right.database.write { try $0.execute("UPDATE tip SET sequence = 7") }
        _ = try ReplicaStore.examine(path: folder.path("2.canvass"), repairing: true)
        #expect(try count(right) == count(left))
        #expect(try right.log().map(\.body) == left.log().map(\.body))
    }
}
