/// Makes a failing tape short: leaves out steps, turns dials to calm, and makes numbers plain, as long as a run of what is
/// left still breaks the same promise.
///
/// Source: Zeller, Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28(2), 2002.
package struct Shrinker {
    private let fails: (Tape) -> Bool
    private var runsLeft: Int

    /// - Parameters:
    ///   - runs: how many runs it may take.
    ///   - fails: whether a tape still breaks the promise.
    package init(runs: Int, fails: @escaping (Tape) -> Bool) {
        runsLeft = runs
        self.fails = fails
    }

    package mutating func shrink(_ tape: Tape) -> Tape {
        var tape = tape
        var last: Tape
        repeat {
            last = tape
            removeSteps(from: &tape)
            calmDials(of: &tape)
            simplifySteps(of: &tape)
        } while tape != last && runsLeft > 0
        return tape
    }

    private mutating func keep(_ candidate: Tape, in tape: inout Tape) -> Bool {
        guard runsLeft > 0, candidate != tape else { return false }
        runsLeft -= 1
        guard fails(candidate) else { return false }
        tape = candidate
        return true
    }

    private mutating func removeSteps(from tape: inout Tape) {
        var size = max(1, tape.steps.count / 2)
        while true {
            var end = tape.steps.count
            while end > 0 {
                let start = max(0, end - size)
                var candidate = tape
                candidate.steps.removeSubrange(start..<end)
                _ = keep(candidate, in: &tape)
                end = start
            }
            guard size > 1 else { return }
            size /= 2
        }
    }

    private mutating func calmDials(of tape: inout Tape) {
        for dial in Dial.allCases where tape[dial] != dial.calm {
            var candidate = tape
            candidate.dials[dial] = dial.calm
            if keep(candidate, in: &tape) { continue }
            candidate.dials[dial] = (tape[dial] + dial.calm) / 2
            _ = keep(candidate, in: &tape)
        }
    }

    private mutating func simplifySteps(of tape: inout Tape) {
        for index in tape.steps.indices {
            let candidates: [(inout Step) -> Void] = [
                { $0.fault = 0 }, { $0.detail = 0 }, { $0.detail = 1 }, { $0.delay = 0 }, { $0.node = 0 },
                { $0.detail %= 100 }, { $0.node %= 4 }, { $0.detail /= 2 }, { $0.fault %= 256 }, { $0.fault /= 2 },
            ]
            for change in candidates {
                var candidate = tape
                change(&candidate.steps[index])
                _ = keep(candidate, in: &tape)
            }
        }
    }
}
