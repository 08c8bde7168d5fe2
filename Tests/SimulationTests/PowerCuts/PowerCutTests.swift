import CanvassTrials
import TestSupport
import Testing

/// `canvass-bench power-cuts` makes longer runs of the same.
@Suite struct `Power cuts` {
    @Test func `nothing acknowledged is lost and nothing is damaged`() async throws {
        let seed = SplitMix64.forTest("power cuts").seed >> 1
        let tallies = try await PowerCutTrial(seed: seed).run(share: 0.06)
        for tally in tallies {
            #expect(tally.losses == 0, "\(tally.examples)")
            #expect(tally.damages == 0, "\(tally.examples)")
            #expect(tally.cuts > 5, "\(tally.workload)")
        }
        #expect(tallies.map(\.cuts).reduce(0, +) >= 500)
    }

    @Test func `a commit that does not reach the medium is found`() async throws {
        let tallies = try await PowerCutTrial(seed: 1, weakensSynchronous: true).run(share: 0.04)
        let losing = tallies.filter { $0.losses + $0.damages > 0 }.map(\.workload)
        #expect(Set(losing).isSuperset(of: ["record", "import", "apply", "settle", "checkpoint", "relay"]))
    }
}
