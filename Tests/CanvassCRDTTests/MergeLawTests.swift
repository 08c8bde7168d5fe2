@testable import CanvassCRDT
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

    @Test func `histories reach conflicts, deaths and survivors`() {
        var conflicts = 0
        var dead = 0
        for seed in 0..<100 {
            let merged = MergedHistory(applying: RandomHistory(seed: UInt64(seed), count: 20).steps)
            conflicts += merged.cells.values.count { Set($0.map(\.value)).count > 1 }
            let alive = merged.cells.keys.count { $0.field == EntityState.existenceField }
            dead += 2 - alive
        }
        #expect(conflicts > 50)
        #expect(dead > 0)
    }
}
