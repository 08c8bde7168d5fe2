import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import Foundation
import TestSupport
import Testing

/// The changes of an entity, and its state as of a moment.
@Suite struct HistoryTests {
    private let folder: TemporaryFolder
    private static let start: Int64 = 1_700_000_000_000

    init() throws { folder = try TemporaryFolder() }

    @Test func `an entity that one change made costs no row, and its history is that change`() throws {
        let store = try folder.store(1)
        let created = try store.note(1, [.init(.put("x"), field: "a"), .init(.put(2), field: "b")])
        #expect(try store.database.query("SELECT count(*) FROM edit").rows == [[.integer(0)]])
        let steps = try store.history()
        #expect(steps.map(\.dot) == [created.dot])
        #expect(steps[0].event == .created)
        #expect(steps[0].author == store.device)
        #expect(steps[0].cells.map(\.field) == ["a", "b"])
        #expect(try store.history(of: 2).isEmpty)
    }

    @Test func `every later change is there, those that were replaced since too`() throws {
        let store = try folder.store(1)
        try store.put("one")
        try store.put("elsewhere", of: 2)
        try store.put("two")
        try store.note(1, [.init(.clear, field: "a")])
        try store.delete(1)
        try store.put("three")
        let steps = try store.history()
        #expect(steps.map(\.event) == [.created, .changed, .changed, .deleted, .restored])
        #expect(steps.flatMap(\.cells).map { $0.put?.value } == ["one", "two", nil, "three"])
        #expect(steps.flatMap(\.cells).map { $0.replaced.map(\.value) } == [[], ["one"], ["two"], []])
        #expect(steps.flatMap(\.cells).map(\.isShown) == [false, false, false, true])
        #expect(try store.history(of: 2).count == 1)
    }

    @Test(arguments: [true, false])
    func `what an author was shown does not depend on what arrived first`(isLeftFirst: Bool) throws {
        let (left, right, third) = (try folder.store(1), try folder.store(2), try folder.store(3))
        let start = try left.put("start")
        try right.apply([start])
        let concurrent = [try left.put("left", clock: Self.start + 5), try right.put("right", clock: Self.start + 9)]
        try third.apply([start])
        try third.apply(isLeftFirst ? concurrent : concurrent.reversed())
        var steps = try third.history()
        for change in concurrent {
            let cell = try #require(steps.first { $0.dot == change.dot }?.cells.first)
            #expect(cell.replaced.map(\.value) == ["start"])
            #expect(cell.restorable.isEmpty, "the other replaced it, too")
            #expect(cell.isShown == (change.dot == concurrent[1].dot))
        }
        // Only the one that came later can say what it found there.
        #expect(steps[1].cells[0].beside.isEmpty)
        #expect(steps[2].cells[0].beside.map(\.value) == [isLeftFirst ? "left" : "right"])

        try third.put("settled", clock: Self.start + 20)
        steps = try third.history()
        #expect(steps[3].cells[0].replaced.map(\.value) == ["right", "left"])
        #expect(steps[3].cells[0].isShown)
        #expect(steps[1...2].allSatisfy { $0.cells[0].shownStep == 3 })
    }

    @Test func `both branches of a copied replica are in the history`() throws {
        var store: ReplicaStore? = try folder.store(1)
        try store?.put("shared", clock: Self.start)
        store = nil
        try copyReplica(folder.path("1.canvass"), to: folder.path("copy.canvass"))
        let original = try ReplicaStore.open(path: folder.path("1.canvass"))
        let copy = try ReplicaStore.open(path: folder.path("copy.canvass"))
        let left = try original.put("left", clock: Self.start + 10)
        let right = [
            try copy.put("right", clock: Self.start + 20), try copy.put("R", "b", clock: Self.start + 30),
        ]
        try original.apply(right)
        let steps = try original.history()
        #expect(steps.map(\.dot) == [steps[0].dot, left.dot] + right.map(\.dot))
        #expect(steps[2].cells[0].replaced.map(\.value) == ["shared"])
        #expect(steps[2].cells[0].beside.map(\.value) == ["left"])
        // Each moment holds the beginning of each branch.
        #expect(try original.past(asOf: Self.start + 10)?.value(of: "a") == "left")
        #expect(try original.past(asOf: Self.start + 20)?.cell("a")?.versions.map(\.value) == ["right", "left"])
        #expect(try original.past(asOf: Self.start + 20)?.value(of: "b") == nil)
        #expect(try original.past(asOf: Self.start + 30)?.value(of: "b") == "R")
    }

    @Test func `a moment holds what was made until then, and nothing before the first change`() throws {
        let store = try folder.store(1)
        try store.put("one", clock: Self.start)
        try store.put("two", clock: Self.start + 10)
        try store.delete(1)
        #expect(try store.past(asOf: Self.start - 1) == nil)
        #expect(try store.past(asOf: Self.start)?.value(of: "a") == "one")
        #expect(try store.past(asOf: Self.start + 9)?.value(of: "a") == "one")
        // The deletion carries the clock of the start, but was made upon the later change.
        #expect(try store.past(asOf: Self.start + 9)?.isAlive == true)
        #expect(try store.past(asOf: Self.start + 10)?.isAlive == false)
        #expect(try store.cut(asOf: Self.start + 9).displaced == 1)
        #expect(try store.cut(asOf: Self.start + 10).displaced == 0)
    }

    @Test func `what was made upon a change of the future waits for it`() throws {
        let (ahead, honest) = (try folder.store(1), try folder.store(2))
        let future = Self.start + 3 * 31_557_600_000
        try honest.apply([ahead.put("from the future", clock: future)])
        let answer = try honest.put("corrected", "b", clock: Self.start)
        let (behind, other) = (try folder.store(3), try folder.store(4))
        try other.apply([behind.note(1, [.init(.put("old"), field: "c")], clock: Self.start - 5)])
        try honest.apply([behind.log()[0]])
        #expect(try honest.past(asOf: Self.start)?.cells.map(\.field) == ["c"])
        let cut = try honest.cut(asOf: Self.start)
        #expect(!cut.contains(answer.dot))
        #expect(cut.displaced == 1)
        let state = try #require(try honest.past(asOf: future))
        #expect(Set(state.cells.map(\.field)) == ["a", "b", "c"])
    }

    @Test(arguments: [Int64.min, .max])
    func `clocks at the ends of time are placed there`(clock: Int64) throws {
        let store = try folder.store(1)
        try store.put("x", clock: clock)
        #expect((try store.past(asOf: 0) != nil) == (clock == .min))
        #expect(try store.past(asOf: .max) != nil)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8])
    func `the end of a random history is the merged state, and every cut is closed`(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        let stores = try (1...3).map { try folder.store($0) }
        for round in 0..<60 {
            let store = stores[Int.random(in: 0..<3, using: &random)]
            let entity = UInt64.random(in: 1...2, using: &random)
            let clock = Self.start + Int64.random(in: -50...50, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0: try store.delete(entity)
            case 1: try store.note(entity, [.init(.clear, field: "a")], clock: clock)
            case 2...3: try store.apply(stores[Int.random(in: 0..<3, using: &random)].log())
            default:
                try store.put(
                    .integer(Int64(round)), ["a", "b"].randomElement(using: &random) ?? "", of: entity, clock: clock)
            }
        }
        for store in stores { for other in stores { try store.apply(other.log()) } }
        for store in stores {
            for entity in [UInt64(1), 2] {
                let state = try store.state(entity)
                let replayed = try store.past(entity, asOf: .max)
                #expect(state?.alive == replayed?.alive)
                #expect(state.map { Set($0.cells) } == replayed.map { Set($0.cells) })
                let shown = try store.history(of: entity).flatMap(\.cells).filter { $0.isShown && $0.put != nil }
                #expect(Set(shown.compactMap(\.put)) == Set(state?.cells.compactMap(\.cell.winner) ?? []))
            }
            // Every replica holds the same changes, so it has the same past, in whatever order they came.
            for moment in stride(from: Self.start - 50, through: Self.start + 50, by: 10) {
                let cut = try store.cut(asOf: moment)
                let held = try store.log().map(\.dot)
                #expect(
                    Set(held.filter(cut.contains))
                        == Set(try stores[0].log().map(\.dot).filter(stores[0].cut(asOf: moment).contains)))
                for entity in [UInt64(1), 2] {
                    let here = try store.past(entity, asOf: moment)
                    let there = try stores[0].past(entity, asOf: moment)
                    #expect(here.map { Set($0.cells) } == there.map { Set($0.cells) })
                }
            }
        }
    }

    @Test func `every entity that lived is handed out once, edited or not`() throws {
        let store = try folder.store(1)
        try store.put("one", of: 1, clock: Self.start)
        try store.put("two", of: 2, clock: Self.start + 1)
        try store.put("edited", of: 1, clock: Self.start + 2)
        try store.put("three", of: 3, clock: Self.start + 3)
        #expect(try store.everyPast(asOf: Self.start - 1).isEmpty)
        #expect(try store.everyPast(asOf: Self.start + 1) == [#"{"a":"one"}"#, #"{"a":"two"}"#])
        #expect(try store.everyPast(asOf: Self.start + 2) == [#"{"a":"edited"}"#, #"{"a":"two"}"#])
        #expect(try store.everyPast(asOf: .max).count == 3)
    }
}

extension ReplicaStore {
    fileprivate func history(of entity: UInt64 = 1) throws -> [HistoryStep] {
        try database.read { try $0.history(of: .sample(entity), kind: .note, in: .sample) }
    }

    fileprivate func cut(asOf moment: Int64) throws -> PastCut {
        try database.read { try $0.cut(of: .sample, asOf: moment) }
    }

    fileprivate func past(_ entity: UInt64 = 1, asOf moment: Int64) throws -> EntityState? {
        try database.read { connection in
            let cut = try connection.cut(of: .sample, asOf: moment)
            return try connection.pastState(of: .sample(entity), kind: .note, in: .sample, cut)
        }
    }

    fileprivate func everyPast(asOf moment: Int64) throws -> [String] {
        try database.read { connection in
            var fields: [String] = []
            _ = try connection.forEachPastEntity(ofKind: .note, asOf: moment) { _, json, _ in fields.append(json) }
            return fields
        }
    }
}
