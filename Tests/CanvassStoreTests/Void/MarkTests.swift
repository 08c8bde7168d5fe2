import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import TestSupport
import Testing

@Suite struct MarkTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func soundness(_ number: UInt64) throws -> [DoctorReport.Finding] {
        try ReplicaStore.examine(path: folder.path("\(number).canvass"), repairing: false).findings
    }

    @Test func `what a void change had replaced returns, and the next change of its entity makes the row`() throws {
        let (store, reader) = (try folder.store(1), try folder.store(2))
        var relay = OrganisationWriter()
        let first = try store.put("first")
        let second = try store.put("second")
        try store.put("beside", "b")
        let mark = relay.mark([second], .forbidden)
        #expect(try store.apply([mark]) == 1)
        #expect(try store.value() == "first")
        #expect(try store.value("b") == "beside")
        try store.apply([relay.mark([first], .revoked)])
        #expect(try store.value() == nil)
        #expect(try store.value("b") == "beside")
        // Marks first, and one body that nobody will ever see.
        let log = try store.log()
        try reader.apply(relay.changes)
        try reader.apply(log)
        #expect(try reader.snapshot()[0...0] == store.snapshot()[0...0])
        #expect(try reader.digest() == store.digest())
        #expect(try reader.vector() == store.vector())
        #expect(try soundness(1) == [])
        #expect(try soundness(2) == [])
        let kept = try store.database.query("SELECT sequence, reason, body, is_void FROM quarantine ORDER BY sequence")
        #expect(
            kept.rows.map { Array($0[0...1]) } == [
                [.integer(1), .text("revoked")], [.integer(2), .text("forbidden")],
            ])
        #expect(kept.rows.map { $0[2] } == [.blob(first.body ?? []), .blob(second.body ?? [])])
        // They had no body when they came, so there is nothing to keep.
        #expect(try reader.database.query("SELECT 1 FROM quarantine").rows.isEmpty)
        // The own chain goes on, on everything that is held.
        let next = try store.put("next")
        #expect(try ChangeHead(decoding: next.head).contextDifference.dots == [relay.changes[1].dot])
        try reader.apply([next])
        #expect(try reader.digest() == store.digest())
    }

    @Test func `a change without a body waits for its mark`() throws {
        let (store, reader) = (try folder.store(1), try folder.store(2))
        var relay = OrganisationWriter()
        let change = try store.put("x")
        let error = #expect(throws: StoreError.self) { try reader.apply([change.withoutBody]) }
        #expect(error == .gap(change.dot, "the mark that lets it come without its body"))
        try reader.apply([relay.mark([change], .erased), change.withoutBody])
        #expect(try reader.vector()[store.replica] == store.vector()[store.replica])
        #expect(try reader.state() == nil)
        #expect(try soundness(2) == [])
    }

    @Test func `an unreadable body is taken when it is marked`() throws {
        let (store, reader) = (try folder.store(1), try folder.store(2))
        var relay = OrganisationWriter()
        let first = try store.put("x")
        let broken = Change(
            scope: .sample, replica: first.replica, sequence: 2, previous: first.hash, head: first.head, body: [0x81])
        #expect(throws: StoreError.self) { try reader.apply([first, broken]) }
        try reader.apply([relay.mark([broken], .unreadable), first, broken])
        #expect(try reader.value() == "x")
        #expect(try reader.database.query("SELECT body FROM quarantine").rows == [[.blob([0x81])]])
        #expect(try soundness(2) == [])
    }

    @Test func `only the organisation's own marks mark, and never a change that holds marks`() throws {
        let (store, other) = (try folder.store(1), try folder.store(2))
        var relay = OrganisationWriter()
        let change = try store.put("x")
        try other.apply([change])
        // By a device, in the organisation's name; and outside an edit of the kind that marks are in.
        let stray = Operation(marking: change.dot, reason: .revoked)
        let forged = try other.commit(
            [
                Edit(scope: .sample, edits: [OrganisationWriter.marks(on: [change.dot], .revoked)]),
                Edit(scope: .sample, edits: [EntityEdit(kind: "note", entity: .sample(2), operations: [stray])]),
            ], clockMilliseconds: 1)
        try store.apply(forged)
        #expect(try store.value() == "x")
        let mark = relay.mark([change], .revoked)
        let before = try store.digest()
        let onMark = relay.mark([mark], .misplaced)
        try store.apply([mark])
        #expect(try store.value() == nil)
        try store.apply([onMark])
        #expect(try store.value() == nil)
        try other.apply([mark, onMark])
        // Forged marks can be voided like anything else.
        let onForged = relay.mark(forged, .misplaced)
        try store.apply([onForged])
        try other.apply([onForged])
        #expect(try store.digest() == other.digest())
        #expect(try store.digest() != before)
        let fresh = try folder.store(3)
        try fresh.apply(relay.changes + [change] + forged)
        #expect(try fresh.digest() == store.digest())
        #expect(try fresh.snapshot().count == store.snapshot().count)
        for number in 1...3 { #expect(try soundness(UInt64(number)) == []) }
    }

    @Test func `marks make no entity and are nothing unknown`() throws {
        let store = try folder.store(1)
        var relay = OrganisationWriter()
        try store.apply([relay.mark([try store.put("x")], .revoked)])
        #expect(try store.database.query("SELECT 1 FROM entity").rows.isEmpty)
        #expect(
            try store.database.query("SELECT replica, void FROM changes WHERE void IS NOT NULL").rows
                == [[.text(store.replica.description), .text("revoked")]])
    }

    @Test func `history leaves void changes out`() throws {
        let store = try folder.store(1)
        var relay = OrganisationWriter()
        try store.put("first")
        let second = try store.put("second")
        try store.put("third")
        try store.apply([relay.mark([second], .forbidden)])
        let steps = try store.database.read { connection in
            try connection.history(of: .sample(1), kind: .note, in: .sample)
        }
        #expect(steps.map { $0.cells[0].put?.value } == ["first", "third"])
        // The third had replaced the second, which had replaced the first: so the first stands beside it again.
        #expect(try store.conflicts().map { $0.versions.map(\.version.value) } == [])
        #expect(try store.value() == "third")
    }

    @Test func `a lost mark is found, and what it voided stays void`() throws {
        let store = try folder.store(1)
        var relay = OrganisationWriter()
        let change = try store.put("x")
        try store.put("y", of: 2)
        try store.apply([relay.mark([change], .revoked)])
        try store.database.write { connection in
            try connection.execute("UPDATE change SET hash = zeroblob(16), \"check\" = 0 WHERE position = 3")
        }
        let path = folder.path("1.canvass")
        let report = try ReplicaStore.examine(path: path, repairing: true)
        #expect(report.findings.contains { $0.what.contains("the mark that would say why is missing") })
        #expect(try store.state() == nil)
        #expect(try store.value(of: 2) == "y")
        // The relay sends it again.
        try store.apply(relay.changes)
        #expect(try soundness(1) == [])
    }

    @Test func `a mark that the file forgot to obey is found and obeyed`() throws {
        let store = try folder.store(1)
        var relay = OrganisationWriter()
        let change = try store.put("secret")
        try store.put("y", of: 2)
        try store.apply([relay.mark([change], .erased)])
        try store.database.write { connection in
            try connection.run(
                "UPDATE change SET body = ?1, body_hash = NULL WHERE position = 1", .blob(change.body ?? []))
            try connection.execute("DELETE FROM mark")
        }
        let path = folder.path("1.canvass")
        let findings = try ReplicaStore.examine(path: path, repairing: true).findings.map(\.place)
        #expect(findings == ["table mark", "the log"])
        #expect(try soundness(1) == [])
        #expect(try store.state() == nil)
        #expect(try store.database.query("SELECT body FROM change WHERE position = 1").rows == [[.null]])
    }
}
