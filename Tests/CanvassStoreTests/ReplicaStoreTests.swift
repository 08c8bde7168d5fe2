import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import TestSupport
import Testing

@Suite struct ReplicaStoreTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `what was committed is there after reopening`() throws {
        var store: ReplicaStore? = try folder.store(1)
        let replica = store?.replica
        try store?.put("x")
        try store?.note(1, [.init(.put(.number(0.1 + 0.2)), field: "sum"), .init(.put(5), field: "s", element: "e")])
        let before = try store?.everything()
        store = nil
        let reopened = try ReplicaStore.open(path: folder.path("1.canvass"))
        #expect(reopened.replica == replica)
        #expect(try reopened.everything() == before)
        #expect(try reopened.value() == "x")
        #expect(try reopened.value("sum") == .number(0.1 + 0.2))
        #expect(try reopened.put("y").sequence == 3)
        try expectSound(reopened, rebuildIn: folder.path("rebuilt"), "reopened")
    }

    @Test func `a file holds one replica`() throws {
        _ = try folder.store(1)
        #expect(throws: StoreError.self) { try folder.store(1) }
        #expect(throws: OpenError.self) { try ReplicaStore.open(path: folder.path("none")) }
    }

    @Test func `changes apply in causal order, and once`() throws {
        let (author, reader) = (try folder.store(1), try folder.store(2))
        let changes = try (0..<5).map { try author.put(.integer(Int64($0))) }
        #expect(try reader.apply(changes) == 5)
        let before = try reader.everything()
        #expect(try reader.apply(changes) == 0)
        #expect(try reader.apply(changes.reversed()) == 0)
        #expect(try reader.everything() == before)
        #expect(try reader.digest() == author.digest())
        #expect(try reader.vector() == author.vector())
    }

    @Test func `a gap is refused and nothing is half applied`() throws {
        let (author, other, reader) = (try folder.store(1), try folder.store(2), try folder.store(3))
        let changes = try (0..<4).map { try author.put(.integer(Int64($0))) }
        let before = try reader.everything()
        #expect(throws: StoreError.self) { try reader.apply([changes[0], changes[1], changes[3]]) }
        #expect(try reader.everything() == before)
        try other.apply(changes)
        let reply = try other.put("seen")
        // The reply's author had seen the changes; the reader has not.
        let error = #expect(throws: StoreError.self) { try reader.apply([reply]) }
        guard case .gap(reply.dot, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try reader.everything() == before)
        #expect(try reader.apply(changes + [reply]) == 5)
    }

    @Test func `a change off its chain is refused`() throws {
        let (author, reader) = (try folder.store(1), try folder.store(2))
        let first = try author.put("x")
        let second = try author.put("y")
        let body = try #require(second.body)
        let elsewhere = ChainHash.start(scope: .other, replica: first.replica)
        let start = ChainHash.start(scope: .sample, replica: first.replica)
        let impostors = [
            Change(
                scope: .sample, replica: first.replica, sequence: 1, previous: elsewhere, head: first.head, body: body),
            Change(scope: .sample, replica: first.replica, sequence: 2, previous: start, head: first.head, body: body),
            Change(
                scope: .sample, replica: first.replica, sequence: 3, previous: first.hash, head: first.head, body: body),
            Change(
                scope: .other, replica: first.replica, sequence: 2, previous: first.hash, head: first.head, body: body),
            Change(
                scope: .sample, replica: reader.replica, sequence: 2, previous: first.hash, head: first.head, body: body
            ),
            Change(scope: .sample, replica: first.replica, sequence: 2, previous: first.hash, head: [0xf6], body: body),
            Change(
                scope: .sample, replica: first.replica, sequence: 2, previous: first.hash, head: first.head,
                body: [0x81]),
        ]
        try reader.apply([first])
        let before = try reader.everything()
        for impostor in impostors {
            #expect(throws: (any Error).self) { try reader.apply([impostor]) }
            #expect(try reader.everything() == before)
        }
    }

    @Test func `a change that would not fit the wire leaves nothing behind`() throws {
        let store = try folder.store(1)
        try store.put("x")
        let before = try store.everything()
        #expect(throws: StoreError.self) { try store.put(.text(String(repeating: "x", count: 70_000)), "new field") }
        let deep = (0..<40).reduce(Value.null) { value, _ in .list([value]) }
        #expect(throws: StoreError.self) { try store.put(deep) }
        #expect(throws: StoreError.self) {
            try store.note(1, [.init(.put(1), field: "a"), .init(.put(2), field: "a")])
        }
        #expect(throws: StoreError.self) { try store.note(1, []) }
        #expect(try store.everything() == before)
    }

    @Test func `names and values keep every byte`() throws {
        let (store, reader) = (try folder.store(1), try folder.store(2))
        let names = ["", "\u{0}", "a\u{0}b", "\u{e9}", "e\u{301}", "$bytes", "$cbor", "$$bytes", "عربي", "\"\\"]
        let values: [Value] = [
            .null, true, .integer(.min), .integer(.max), .number(1e300), .number(.leastNonzeroMagnitude),
            .number(0.1 + 0.2), "", "\u{0}",
            "e\u{301}", .bytes([]), .bytes([0, 255]), [.null, [1]], ["$bytes": "x"],
            ["$cbor": ["\u{e9}": 1, "e\u{301}": 2]],
            .foreign([0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), .foreign([0xc1, 0x00]),
        ]
        for (index, value) in values.enumerated() {
            try store.note(1, names.map { .init(.put(value), field: $0) }, clock: Int64(index))
            for name in names { #expect(try store.value(name) == value, "\(name.debugDescription)") }
        }
        try store.note(2, values.map { .init(.put("v"), field: "set", element: $0) })
        for value in values { #expect(try store.state(2)?.cell("set", element: value)?.winner?.value == "v") }
        try reader.apply(store.log())
        #expect(try reader.digest() == store.digest())
        try expectSound(store, rebuildIn: folder.path("rebuilt"), "names and values")
    }

    @Test func `operations and kinds of a later version are kept, counted and forwarded`() throws {
        let (store, reader) = (try folder.store(1), try folder.store(2))
        let edits = [
            EntityEdit(kind: "note", entity: .sample(1), operations: [.init(.unknown([0x82, 0x09, 0x00]), field: "")]),
            EntityEdit(kind: "hologram", entity: .sample(1), operations: [.init(.put("x"), field: "a")]),
        ]
        try store.commit([Edit(scope: .sample, edits: edits)], clockMilliseconds: 5)
        try reader.apply(store.log())
        #expect(try reader.log().map(\.body) == store.log().map(\.body))
        #expect(try reader.state(1)?.unknownOperations == 1)
        #expect(try reader.digest() == store.digest())
        #expect(try reader.snapshot() == store.snapshot())
    }

    @Test func `a put on the existence cell from elsewhere does not disturb the row`() throws {
        let (store, reader) = (try folder.store(1), try folder.store(2))
        try store.note(1, [.init(.put("stolen"), field: EntityState.existenceField), .init(.put(1), field: "a")])
        try store.put(2, clock: 1_800_000_000_000)
        try reader.apply(store.log())
        #expect(try reader.state()?.alive.winner?.value == true)
        #expect(try reader.state()?.cells.count == 1)
        #expect(try reader.digest() == store.digest())
    }

    @Test func `an edit survives a delete that had not seen it`() throws {
        let (left, right) = (try folder.store(1), try folder.store(2))
        let first = try left.note(1, [.init(.put("x"), field: "a"), .init(.put("y"), field: "b")])
        try right.apply([first])
        let delete = try left.delete(1)
        let edit = try right.put("z")
        try left.apply([edit])
        try right.apply([delete])
        for store in [left, right] {
            #expect(try store.state()?.isAlive == true)
            #expect(try store.value("a") == "z")
            #expect(try store.value("b") == "y")
            #expect(try store.conflicts().isEmpty)
        }
        #expect(try left.digest() == right.digest())
        try left.delete(1)
        #expect(try left.state()?.isAlive == false)
    }

    @Test func `a clock three years ahead rules only the cells it wrote, until they are edited`() throws {
        let (wrong, right) = (try folder.store(1), try folder.store(2))
        let now: Int64 = 1_700_000_000_000
        let threeYears: Int64 = 3 * 365 * 86_400_000
        try right.apply([wrong.put("from the future", clock: now + threeYears)])
        let later = try right.put("corrected", clock: now)
        #expect(try right.state()?.cell("a")?.winner?.stamp.milliseconds == now + threeYears + 1)
        try wrong.apply([later])
        #expect(try wrong.value() == "corrected")
        // The clock is set right: other cells are stamped by it, and the poisoned one goes on from where it is.
        try wrong.put("other", "b", clock: now + 5)
        try wrong.put("again", clock: now + 6)
        #expect(try wrong.state()?.cell("b")?.winner?.stamp.milliseconds == now + 5)
        #expect(try wrong.value() == "again")
        try right.apply(wrong.log())
        #expect(try right.digest() == wrong.digest())
        #expect(try right.conflicts().isEmpty)
    }

    @Test func `the first and the last moment there is can be edited by any clock`() throws {
        let store = try folder.store(1)
        let clocks: [Int64] = [.max, .min, .max, 0, .min, .min, -1]
        for (index, clock) in clocks.enumerated() {
            try store.put(.integer(Int64(index)), clock: clock)
            #expect(try store.value() == .integer(Int64(index)))
        }
        #expect(try store.state()?.cell("a")?.winner?.stamp.milliseconds == .max)
        try store.put("first", "b", clock: .min)
        try store.put("second", "b", clock: .min)
        #expect(try store.state()?.cell("b")?.winner?.stamp.milliseconds == .min + 1)
        try expectSound(store, rebuildIn: folder.path("rebuilt"), "clocks")
    }

    @Test func `several writers on one file lose nothing`() async throws {
        let path = folder.path("1.canvass")
        _ = try folder.store(1)
        let writers = 4
        let each = 25
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    let store = try ReplicaStore.open(path: path)
                    for number in 0..<each { try store.put(.integer(Int64(number)), "f\(writer)", of: UInt64(number)) }
                }
            }
            try await group.waitForAll()
        }
        let store = try ReplicaStore.open(path: path)
        #expect(try store.log().map(\.sequence) == (1...UInt64(writers * each)).map { $0 })
        #expect(try store.vector().dots.count == 1)
        try expectSound(store, rebuildIn: folder.path("rebuilt"), "several writers")
    }
}
