import Foundation

/// SplitMix64: random answers that a seed repeats. The seed of a failing run is in the failure's message; setting
/// `CANVASS_SEED` to it replays the run.
struct RandomSource: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init() {
        let replayed = ProcessInfo.processInfo.environment["CANVASS_SEED"].flatMap { UInt64($0) }
        seed = replayed ?? UInt64.random(in: 0...UInt64.max)
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
