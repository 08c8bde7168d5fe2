@testable import CanvassCRDT
import CanvassCoding
import Testing

@Suite struct OutlineTests {
    /// An outline of entities given by number: parent (nil at the top), position, and stamp of the move.
    private func outline(_ places: [UInt64: (parent: Value, position: String, stamp: Int64)]) -> Outline {
        var clocks: [EntityID: Version] = [:]
        var placed: [EntityID: Place] = [:]
        for (number, entry) in places {
            let id = EntityID.sample(number)
            placed[id] = Place(parent: entry.parent, position: Position(entry.position))
            clocks[id] = Version(
                dot: Dot(replica: ReplicaID(rawValue: 1), sequence: 1, check: 0),
                stamp: Stamp(milliseconds: entry.stamp), value: .null)
        }
        return Outline(placed) { clocks[$0] }
    }

    private func inside(_ number: UInt64) -> Value { .text(EntityID.sample(number).description) }

    @Test func `siblings stand by position, then by id, and lists lie in one another`() {
        let outline = outline([
            1: (.null, "b", 0), 2: (.null, "a", 0), 3: (inside(1), "b", 0), 4: (inside(1), "a", 0),
            6: ("cities", "x", 0),
            5: ("cities", "x", 0), 7: (inside(3), "a", 0),
        ])
        #expect(outline.cut.isEmpty)
        #expect(
            outline.lists == [
                .null: [.sample(2), .sample(1)], inside(1): [.sample(4), .sample(3)],
                "cities": [.sample(5), .sample(6)], inside(3): [.sample(7)],
            ])
    }

    @Test func `a circle is cut at the greatest stamp and flagged`() {
        let outline = outline([
            1: (inside(2), "a", 10), 2: (inside(3), "b", 30), 3: (inside(1), "c", 20), 4: (inside(3), "d", 99),
            5: (.null, "a", 0),
        ])
        #expect(outline.cut == [.sample(2)])
        #expect(outline.lists[.null] == [.sample(5), .sample(2)])
        #expect(outline.lists[inside(2)] == [.sample(1)])
        #expect(outline.lists[inside(1)] == [.sample(3)])
        #expect(outline.lists[inside(3)] == [.sample(4)])
    }

    @Test func `of equal clocks the greater id is cut, and an entity in itself is a circle of one`() {
        let outline = outline([
            1: (inside(2), "a", 5), 2: (inside(1), "b", 5), 3: (inside(3), "c", 5),
        ])
        #expect(outline.cut == [.sample(2), .sample(3)])
    }

    @Test func `a place that is no place stands at the top before all others`() {
        for value: Value? in [nil, .null, 5, [], ["a"], [1, "a"], [.null, 1], [.null, "a", "b"]] {
            #expect(Place(value) == Place(parent: .null, position: Position("")))
        }
        #expect(Place([.null, "a"]) == Place(parent: .null, position: Position("a")))
        #expect(Place(["x", "a"]).value == ["x", "a"])
    }

    @Test func `parents are told apart by their bytes`() {
        let outline = outline([1: ("é", "a", 0), 2: ("e\u{301}", "a", 0)])
        #expect(outline.lists.count == 2)
    }
}
