import CanvassCRDT
import CanvassCoding
import CanvassStore
import TestSupport
import Testing

@Suite struct ConflictTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `concurrent values are found everywhere and settled everywhere`() throws {
        let stores = try (1...3).map { try folder.store($0) }
        let first = try stores[0].put("start")
        for store in stores[1...] { try store.apply([first]) }
        let concurrent = try stores.enumerated().map { index, store in
            try store.put(index == 2 ? "b" : .text("\(index)"), clock: 1_700_000_000_000 + Int64(index))
        }
        for store in stores { try store.apply(concurrent) }
        for store in stores {
            let conflict = try #require(try store.conflicts().first)
            #expect(conflict.field == "a")
            #expect(conflict.versions.map(\.version.value) == ["b", "1", "0"])
            #expect(conflict.versions.map(\.author) == [stores[2].device, stores[1].device, stores[0].device])
            #expect(try store.value() == "b")
        }
        let settlement = try stores[1].put("agreed")
        for store in stores { try store.apply([settlement]) }
        for store in stores {
            #expect(try store.conflicts().isEmpty)
            #expect(try store.value() == "agreed")
        }
        #expect(Set(try stores.map { try $0.digest() }).count == 1)
    }

    @Test func `a settlement that had not seen every version settles only what it saw`() throws {
        let (left, right) = (try folder.store(1), try folder.store(2))
        let versions = [try left.put("l"), try right.put("r")]
        try left.apply(versions)
        try right.apply(versions)
        let settlement = try left.put("settled")
        let late = try right.put("late", clock: 1_900_000_000_000)
        try left.apply([late])
        try right.apply([settlement])
        for store in [left, right] {
            #expect(try store.conflicts().first?.versions.map(\.version.value) == ["late", "settled"])
        }
        #expect(try left.digest() == right.digest())
    }

    @Test func `only what was shown is replaced, although more arrived meanwhile`() throws {
        let (left, right) = (try folder.store(1), try folder.store(2))
        let shown = try left.put("shown")
        try right.apply([shown])
        try left.apply([right.put("arrived while the form was open")])
        try left.note(1, [.init(.put("typed"), field: "a", replaced: [shown.dot])])
        #expect(
            try Set(left.state()?.cell("a")?.versions.map(\.value) ?? []) == [
                "typed", "arrived while the form was open",
            ])
        #expect(try left.conflicts().count == 1)
    }

    @Test func `equal values and dead entities are no conflict`() throws {
        let (left, right) = (try folder.store(1), try folder.store(2))
        let same = [try left.put("same"), try right.put("same")]
        try left.apply(same)
        #expect(try left.conflicts().isEmpty)
        #expect(try left.state()?.cell("a")?.versions.count == 2)
        try left.apply([right.put("different", of: 2)])
        try right.apply(same)
        let other = try right.put("x", of: 3)
        let mine = try left.put("y", of: 3)
        try left.apply([other])
        #expect(try left.conflicts().count == 1)
        try left.delete(3)
        #expect(try left.conflicts().isEmpty)
        #expect(mine.dot != other.dot)
    }
}
