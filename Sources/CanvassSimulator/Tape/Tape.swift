/// All decisions of a run. The same tape always gives the same run.
///
/// As text, one decision a line:
///
///     canvass tape 1
///     seed 4711
///     devices 3
///     step 350 node 2 record 17 fault 0
package struct Tape: Sendable, Hashable {
    /// What the details that no step decides follow from: ties of events, what a power cut keeps.
    package var seed: UInt64
    package var dials: [Dial: Int]
    package var steps: [Step]

    package subscript(_ dial: Dial) -> Int { dials[dial] ?? dial.calm }
}

extension Tape {
    package var text: String {
        var lines = ["canvass tape 1", "seed \(seed)"]
        lines += Dial.allCases.filter { self[$0] != $0.calm }.map { "\($0.rawValue) \(self[$0])" }
        lines += steps.map { step in
            "step \(step.delay) node \(step.node) \(step.action.rawValue) \(step.detail) fault \(step.fault)"
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// - Throws: `TapeError` naming the line.
    package init(text: String) throws(TapeError) {
        self.init(seed: 0, dials: [:], steps: [])
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first == "canvass tape 1" else {
            throw TapeError(line: 1, reason: "a tape begins with: canvass tape 1")
        }
        for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            guard read(line.split(separator: " ")) else {
                throw TapeError(line: index + 1, reason: "“\(line)” is no decision of a tape")
            }
        }
    }

    private mutating func read(_ words: [Substring]) -> Bool {
        switch words.first {
        case "seed":
            guard words.count == 2, let number = UInt64(words[1]) else { return false }
            seed = number
        case "step":
            guard words.count == 8, words[2] == "node", words[6] == "fault", let delay = Int(words[1]),
                let node = Int(words[3]), let action = Step.Action(rawValue: String(words[4])),
                let detail = UInt64(words[5]), let fault = UInt64(words[7]), (0...Int(Int32.max)).contains(delay),
                node >= 0
            else { return false }
            steps.append(Step(delay: delay, node: node, action: action, detail: detail, fault: fault))
        default:
            guard words.count == 2, let dial = Dial(rawValue: String(words[0])), let number = Int(words[1]),
                dial.range.contains(number)
            else { return false }
            dials[dial] = number
        }
        return true
    }
}

/// Why a text is no tape.
package struct TapeError: Error, Sendable, Hashable, CustomStringConvertible {
    package let line: Int
    package let reason: String

    package var description: String { "line \(line) of the tape: \(reason)" }
}
