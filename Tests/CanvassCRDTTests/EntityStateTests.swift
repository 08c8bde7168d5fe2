import CanvassCRDT
import CanvassCoding
import Testing

@Suite struct EntityStateTests {
    private var state = EntityState(kind: "note", entity: .sample(1))
    private var digest = StateDigest()

    /// Applies operations as a change of `replica` that has seen the changes of `seen`.
    private mutating func apply(_ replica: UInt64, _ operations: [Operation], seen: Set<UInt64> = []) {
        state.apply(
            EntityEdit(kind: "note", entity: .sample(1), operations: operations), dot: dot(replica),
            stamp: Stamp(milliseconds: Int64(replica)), digest: &digest
        ) { seen.contains($0.replica.rawValue) }
    }

    private func dot(_ replica: UInt64) -> Dot {
        Dot(replica: ReplicaID(rawValue: replica), sequence: 1, check: replica)
    }

    @Test mutating func `a put makes the entity live, and a delete that saw it ends it`() {
        apply(1, [Operation(.put("x"), field: "a")])
        #expect(state.isAlive)
        apply(2, [Operation(.clear, field: EntityState.existenceField)], seen: [1])
        #expect(!state.isAlive)
        #expect(state.value(of: "a") == "x")
    }

    @Test mutating func `an edit outlives a delete that had not seen it`() {
        apply(1, [Operation(.put("x"), field: "a"), Operation(.put("y"), field: "b")])
        apply(2, [Operation(.put("z"), field: "a")], seen: [1])
        apply(3, [Operation(.clear, field: EntityState.existenceField)], seen: [1])
        #expect(state.isAlive)
        #expect(state.value(of: "a") == "z")
        #expect(state.value(of: "b") == "y")
    }

    @Test mutating func `clearing a field is no sign of life`() {
        apply(1, [Operation(.clear, field: "a")])
        #expect(!state.isAlive)
        #expect(digest == StateDigest())
    }

    @Test mutating func `a late change never rewinds a cell`() {
        apply(1, [Operation(.put("old"), field: "a")])
        apply(9, [Operation(.put("new"), field: "a")], seen: [1])
        apply(2, [Operation(.put("late"), field: "a")], seen: [1])
        #expect(state.value(of: "a") == "new")
        #expect(state.cell("a")?.conflicting.map(\.value) == ["late"])
    }

    @Test mutating func `only listed dots are replaced, and only those the author had seen`() {
        apply(1, [Operation(.put("a"), field: "f")])
        apply(2, [Operation(.put("b"), field: "f")])
        apply(3, [Operation(.put("c"), field: "f", replaced: [dot(1), dot(2)])], seen: [1])
        #expect(state.cell("f")?.versions.map(\.value) == ["c", "b"])
        apply(4, [Operation(.put("d"), field: "f", replaced: [])], seen: [1, 2, 3])
        #expect(state.cell("f")?.versions.map(\.value) == ["d", "c", "b"])
    }

    @Test mutating func `elements of a set are cells of their own`() {
        apply(
            1,
            [
                Operation(.put(1), field: "s", element: "\u{e9}"), Operation(.put(2), field: "s", element: "e\u{301}"),
            ])
        apply(2, [Operation(.clear, field: "s", element: "\u{e9}")], seen: [1])
        #expect(state.cell("s", element: "e\u{301}")?.winner?.value == 2)
        #expect(state.cell("s", element: "\u{e9}") == nil)
        #expect(state.cell("s") == nil)
    }

    @Test mutating func `a put on the existence cell is nothing but a sign of life`() {
        apply(1, [Operation(.put("stolen"), field: EntityState.existenceField)])
        #expect(state.isAlive)
        #expect(state.cells.isEmpty)
        #expect(state.alive.winner?.value == true)
        var plain = StateDigest()
        var other = EntityState(kind: "note", entity: .sample(1))
        other.apply(
            EntityEdit(kind: "note", entity: .sample(1), operations: [Operation(.put(1), field: "a")]), dot: dot(1),
            stamp: Stamp(milliseconds: 1), digest: &plain
        ) { _ in false }
        other.apply(
            EntityEdit(kind: "note", entity: .sample(1), operations: [Operation(.clear, field: "a")]), dot: dot(2),
            stamp: Stamp(milliseconds: 2), digest: &plain
        ) { _ in true }
        #expect(plain == digest)
    }

    @Test mutating func `operations of a later version count in the digest and change nothing else`() {
        apply(1, [Operation(.unknown([0x82, 0x09, 0x00]), field: "")])
        #expect(!state.isAlive)
        #expect(state.unknownOperations == 1)
        #expect(digest != StateDigest())
    }

    @Test mutating func `the digest returns to nothing when everything is cleared`() {
        apply(1, [Operation(.put("x"), field: "a"), Operation(.put(1), field: "s", element: 5)])
        apply(
            2,
            [
                Operation(.clear, field: "a"), Operation(.clear, field: "s", element: 5),
                Operation(.clear, field: EntityState.existenceField),
            ], seen: [1])
        #expect(digest == StateDigest())
        #expect(digest.description == "0000000000000000")
    }

    @Test func `every part of a version counts in the digest`() {
        func digest(_ entity: UInt64, _ operation: Operation, stamp: Int64, check: UInt64) -> StateDigest {
            var digest = StateDigest()
            var state = EntityState(kind: "note", entity: .sample(entity))
            state.apply(
                EntityEdit(kind: "note", entity: .sample(entity), operations: [operation]),
                dot: Dot(replica: ReplicaID(rawValue: 1), sequence: 1, check: check),
                stamp: Stamp(milliseconds: stamp), digest: &digest
            ) { _ in false }
            return digest
        }
        let put = Operation(.put("x"), field: "a")
        let digests: Set<StateDigest> = [
            digest(1, put, stamp: 1, check: 1), digest(2, put, stamp: 1, check: 1),
            digest(1, put, stamp: 2, check: 1), digest(1, put, stamp: 1, check: 2),
            digest(1, Operation(.put("y"), field: "a"), stamp: 1, check: 1),
            digest(1, Operation(.put("x"), field: "b"), stamp: 1, check: 1),
            digest(1, Operation(.put("x"), field: "a", element: "e"), stamp: 1, check: 1),
            digest(1, Operation(.put("x"), field: "a", stampOffset: 1), stamp: 1, check: 1),
        ]
        #expect(digests.count == 8)
    }

    @Test mutating func `an add wins over a concurrent remove, and a remove that saw it ends it`() {
        apply(1, [.add("a", to: "s"), .add("b", to: "s")])
        apply(2, [.add("a", to: "s")], seen: [1])
        apply(3, [.remove("a", from: "s"), .remove("b", from: "s")], seen: [1])
        #expect(state.elements(of: "s") == ["a"])
        apply(4, [.remove("a", from: "s")], seen: [1, 2, 3])
        #expect(state.elements(of: "s").isEmpty)
        apply(5, [.add(.integer(2), to: "s"), .add("a", to: "s"), .add(.integer(1), to: "s")], seen: [1, 2, 3, 4])
        #expect(state.elements(of: "s") == [1, 2, "a"])
        #expect(state.elements(of: "t").isEmpty)
    }

    @Test mutating func `a deleted entity comes back as it was`() {
        apply(1, [Operation(.put("x"), field: "a")])
        apply(2, [.delete], seen: [1])
        apply(3, [Operation(.put("late"), field: "b")], seen: [1])
        #expect(state.isAlive && state.value(of: "a") == "x")
        apply(4, [.delete], seen: [1, 2, 3])
        #expect(!state.isAlive)
        apply(5, [.restore], seen: [1, 2, 3, 4])
        #expect(state.isAlive && state.value(of: "a") == "x" && state.value(of: "b") == "late")
        // A deletion that had not seen the restoring leaves the entity alive.
        apply(6, [.delete], seen: [1, 2, 3, 4])
        #expect(state.isAlive)
    }
}
