@testable import CanvassCRDT
import CanvassCoding
import TestSupport
import Testing

@Suite struct MergeLawTests {
    @Test func `any causal order gives the same state and digest, those of the naive model`() {
        var random = SplitMix64.forTest(#function)
        for _ in 0..<400 {
            let seed = random.next()
            let history = RandomHistory(seed: seed, count: 4 + Int(random.next() % 30))
            let expected = MergedHistory(modelling: history.steps)
            #expect(MergedHistory(applying: history.steps) == expected, "history \(seed)")
            for _ in 0..<4 {
                let order = history.causalOrder(using: &random)
                #expect(MergedHistory(applying: order) == expected, "history \(seed)")
            }
        }
    }

    /// Merging two replicas is applying what the one holds and the other does not.
    private struct Merged: Equatable {
        var held: [RandomHistory.Step] = []

        init(_ steps: [RandomHistory.Step]) { held = steps }

        func merging(_ other: Merged) -> Merged {
            let dots = Set(held.map(\.dot))
            return Merged(held + other.held.filter { !dots.contains($0.dot) })
        }

        static func == (left: Merged, right: Merged) -> Bool {
            MergedHistory(applying: left.held) == MergedHistory(applying: right.held)
        }
    }

    @Test func `merging replicas is commutative, associative and idempotent`() {
        var random = SplitMix64.forTest(#function)
        for _ in 0..<300 {
            let seed = random.next()
            let history = RandomHistory(seed: seed, count: 4 + Int(random.next() % 30))
            // What three replicas hold: any changes, with all that their authors had seen, in any causal order.
            let replicas = (0..<3).map { _ in
                var dots: Set<Dot> = []
                for step in history.steps where random.next() % 3 == 0 {
                    dots.formUnion(step.context)
                    dots.insert(step.dot)
                }
                return Merged(
                    RandomHistory.causalOrder(of: history.steps.filter { dots.contains($0.dot) }, using: &random))
            }
            let (a, b, c) = (replicas[0], replicas[1], replicas[2])
            #expect(a.merging(b) == b.merging(a), "history \(seed)")
            #expect(a.merging(b).merging(c) == a.merging(b.merging(c)), "history \(seed)")
            #expect(a.merging(a) == a && a.merging(b).merging(b) == a.merging(b), "history \(seed)")
        }
    }

    @Test func `histories reach conflicts, deaths, survivors, nesting and circles`() {
        var conflicts = 0
        var dead = 0
        var nested = 0
        var cut = 0
        var elements = 0
        for seed in 0..<100 {
            let merged = MergedHistory(applying: RandomHistory(seed: UInt64(seed), count: 20).steps)
            conflicts += merged.cells.values.count { Set($0.map(\.value)).count > 1 }
            let alive = merged.cells.keys.count { $0.field == EntityState.existenceField }
            let known = Set(merged.cells.keys.map(\.entity)).count
            dead += known - alive
            nested += merged.outline.lists.count { !$0.key.isNull }
            cut += merged.outline.cut.count
            elements += merged.elements.count
        }
        #expect(conflicts > 50)
        #expect(dead > 0)
        #expect(nested > 50 && cut > 10 && elements > 20, "\(nested) lists, \(cut) cuts, \(elements) sets")
    }
}
