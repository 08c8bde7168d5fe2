import CanvassTrials
import TestSupport
import Testing

/// `canvass-bench bit-flips` flips a bit of every byte.
@Suite struct `Bit flips` {
    @Test func `each flip is detected or harmless, and everything undamaged is salvaged`() throws {
        var trial = try BitFlipTrial()
        var random = SplitMix64.forTest("bit flips")
        var tally = BitFlipTally()
        let step = 3_200
        let first = Int.random(in: 0..<step, using: &random)
        for byte in stride(from: first, to: trial.bytes.count, by: step) {
            trial.flip(bit: Int.random(in: 0..<8, using: &random), ofByte: byte, into: &tally)
        }
        #expect(tally.isGood, "\(tally.examples)")
        #expect(tally.flips >= 50)
        #expect(tally.detected > 0)
        #expect(tally.harmless > 0)
    }
}
