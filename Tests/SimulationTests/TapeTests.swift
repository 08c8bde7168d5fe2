import CanvassSimulator
import Testing

@Suite struct TapeTests {
    @Test func `a tape is read as it was written`() throws {
        for seed in UInt64(1)...50 {
            let tape = Tape(seed: seed)
            let read = try Tape(text: tape.text)
            #expect(read.text == tape.text)
            #expect(read.steps == tape.steps)
            #expect(Dial.allCases.allSatisfy { read[$0] == tape[$0] })
        }
    }

    @Test(arguments: [
        "", "canvass tape 2", "canvass tape 1\nseed -1", "canvass tape 1\nstep 0 node 0 fly 0 fault 0",
        "canvass tape 1\ndevices 13", "canvass tape 1\nstep 0 node 0 sync 0", "canvass tape 1\nloss 101",
    ])
    func `what is no tape is refused with its line`(text: String) {
        #expect(throws: TapeError.self) { try Tape(text: text) }
    }

    @Test func `the shrinker leaves only what is needed`() {
        let needed: Set<Step.Action> = [.clone, .retrieve]
        var shrinker = Shrinker(runs: 10_000) { tape in
            needed.isSubset(of: tape.steps.filter { $0.fault == 0 || $0.action != .clone }.map(\.action))
                && tape[.devices] > 2
        }
        var tape = Tape(seed: 5)
        tape.dials[.devices] = 9
        tape.steps += needed.map { Step(delay: 5, node: 3, action: $0, detail: 77, fault: 0) }
        let short = shrinker.shrink(tape)
        #expect(Set(short.steps.map(\.action)) == needed)
        #expect(short.steps.allSatisfy { $0.detail == 0 && $0.delay == 0 && $0.node == 0 })
        #expect(short[.devices] == 3)
        #expect(short[.loss] == 0)
    }
}
