import CanvassSimulator
import Foundation
import TestSupport
import Testing

/// Runs of the simulator. `CANVASS_SEED=4711 swift test --filter SimulationTests` runs one seed again.
@Suite struct SimulationTests {
    private static let seeds: ClosedRange<UInt64> = {
        let chosen = ProcessInfo.processInfo.environment["CANVASS_SEED"].flatMap { UInt64($0) }
        return chosen.map { $0...$0 } ?? 1...16
    }()

    @Test func `no seed breaks a promise`() throws {
        let simulator = try Simulator()
        for seed in SimulationTests.seeds {
            let outcome = simulator.run(Tape(seed: seed))
            #expect(outcome.failure == nil, "CANVASS_SEED=\(seed)\n\(Tape(seed: seed).text)")
        }
    }

    @Test func `the same seed gives the same run`() throws {
        let hashes = try (0..<2).map { _ in
            let simulator = try Simulator()
            return (UInt64(1)...8).map { simulator.run(Tape(seed: $0)).traceHash }
        }
        #expect(hashes[0] == hashes[1])
        #expect(Set(hashes[0]).count == 8)
    }
}
