/// A position taken apart.
struct PositionPath {
    struct Step {
        let rank: Int64
        let label: ArraySlice<UInt8>
        /// The last of the numbers, and where it begins.
        var number: Int64
        var numberStart: Int
        /// Where the next step begins.
        var end: Int
    }

    let bytes: [UInt8]
    /// How many bytes of another origin come before the first step.
    let rootEnd: Int
    let steps: [Step]

    static let runMark = UInt8(ascii: "!")
    static let numberMark = UInt8(ascii: ".")

    /// Nil stands for the start of a list, below which the outermost runs hang.
    init(_ position: Position?) {
        bytes = position?.bytes ?? []
        var start = bytes.firstIndex(of: PositionPath.runMark)
        while let first = start {
            var index = first
            if let steps = PositionPath.steps(of: bytes, from: &index) {
                rootEnd = first
                self.steps = steps
                return
            }
            // What was read until here were whole steps, so that no path begins among them either.
            start = bytes[max(index, first + 1)...].firstIndex(of: PositionPath.runMark)
        }
        rootEnd = bytes.count
        steps = []
    }

    /// What steps hang on: the text of another origin, or the item that the first steps name.
    func anchor(above depth: Int) -> ArraySlice<UInt8> {
        bytes[..<(depth == 0 ? rootEnd : steps[depth - 1].end)]
    }

    /// The steps from `index` to the end; nil, with `index` where it stopped, if the rest is anything else.
    private static func steps(of bytes: [UInt8], from index: inout Int) -> [Step]? {
        var steps: [Step] = []
        while index < bytes.count {
            if bytes[index] == runMark {
                index += 1
                guard let rank = PositionNumber.read(bytes, at: &index) else { return nil }
                let labelStart = index
                while index < bytes.count, index < labelStart + RunLabel.byteCount,
                    PositionNumber.isDigit(bytes[index])
                {
                    index += 1
                }
                guard index == labelStart + RunLabel.byteCount else { return nil }
                let label = bytes[labelStart..<index]
                let numberStart = index
                guard let number = PositionNumber.read(bytes, at: &index) else { return nil }
                steps.append(
                    Step(rank: rank, label: label, number: number, numberStart: numberStart, end: index))
            } else {
                guard bytes[index] == numberMark, !steps.isEmpty else { return nil }
                index += 1
                let numberStart = index
                guard let number = PositionNumber.read(bytes, at: &index) else { return nil }
                steps[steps.count - 1].number = number
                steps[steps.count - 1].numberStart = numberStart
                steps[steps.count - 1].end = index
            }
        }
        return steps
    }
}
