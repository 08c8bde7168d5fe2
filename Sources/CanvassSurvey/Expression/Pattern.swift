/// A regular expression of `regex()`, matched against a whole text in time proportional to text × pattern.
///
/// It is run as a nondeterministic automaton, every state at once, so no pattern can make it backtrack for ever.
/// Understood: literals, `.`, classes `[a-z]` and `[^…]`, `\d \w \s \D \W \S`, `\p{L} \p{Lu} \p{Ll} \p{N}`, groups `( )`
/// and `(?: )`, alternation, `* + ? {n} {n,} {n,m}` (lazy forms too: a whole match does not tell them apart), `^`, `$`
/// and escaped punctuation. Look-around and back-references are refused.
package struct Pattern: Sendable, Hashable {
    package struct Failure: Error, Hashable, Sendable {
        package var reason: String
    }

    /// Instructions that a pattern may compile to.
    static let programLimit = 2000
    /// Bytes of a text that is matched.
    package static let textLimitBytes = 16 * 1024

    enum Instruction: Sendable, Hashable {
        case one(Matcher)
        case split(Int, Int)
        case jump(Int)
        case atStart, atEnd
        case match
    }

    let program: [Instruction]

    package init(_ pattern: String) throws(Failure) {
        var parser = PatternParser(pattern)
        var compiler = PatternCompiler()
        try compiler.emit(try parser.parse())
        program = compiler.program + [.match]
    }

    /// Whether the whole of `text` matches.
    package func matches(_ text: String) -> Bool {
        var run = PatternRun(program)
        var offset = 0
        let scalars = Array(text.unicodeScalars)
        run.add(0, isAtStart: true, isAtEnd: scalars.isEmpty)
        for scalar in scalars {
            offset += 1
            run.step(over: scalar, isAtEnd: offset == scalars.count)
            if run.isStuck { return false }
        }
        return run.hasMatched
    }
}

/// The states that the automaton is in after some characters.
private struct PatternRun {
    private let program: [Pattern.Instruction]
    private var current: [Int] = []
    private var next: [Int] = []
    /// For each instruction the step in which it was last added, so that none is added twice.
    private var added: [Int]
    private var stepNumber = 1
    private var stack: [Int] = []

    init(_ program: [Pattern.Instruction]) {
        self.program = program
        added = Array(repeating: 0, count: program.count)
    }

    var isStuck: Bool { current.isEmpty }
    var hasMatched: Bool { current.contains { program[$0] == .match } }

    mutating func step(over scalar: Unicode.Scalar, isAtEnd: Bool) {
        swap(&current, &next)
        current.removeAll(keepingCapacity: true)
        stepNumber += 1
        for index in next {
            if case .one(let matcher) = program[index], matcher.matches(scalar) {
                add(index + 1, isAtStart: false, isAtEnd: isAtEnd)
            }
        }
    }

    /// Adds a state and all that it reaches without reading a character.
    mutating func add(_ start: Int, isAtStart: Bool, isAtEnd: Bool) {
        stack.append(start)
        while let index = stack.popLast() {
            guard added[index] != stepNumber else { continue }
            added[index] = stepNumber
            switch program[index] {
            case .one, .match: current.append(index)
            case .jump(let target): stack.append(target)
            case .split(let first, let second):
                stack.append(second)
                stack.append(first)
            case .atStart: if isAtStart { stack.append(index + 1) }
            case .atEnd: if isAtEnd { stack.append(index + 1) }
            }
        }
    }
}

// MARK: Compiling

/// The shape of a pattern.
indirect enum PatternSyntax {
    case empty
    case one(Pattern.Matcher)
    case atStart, atEnd
    case sequence([PatternSyntax])
    case alternatives([PatternSyntax])
    case repeated(PatternSyntax, minimum: Int, maximum: Int?)
}

/// Lays a pattern out as a program. Counted repetitions are written out, which is why size and work are bounded.
private struct PatternCompiler {
    var program: [Pattern.Instruction] = []
    private var work = 0

    mutating func emit(_ syntax: PatternSyntax) throws(Pattern.Failure) {
        work += 1
        guard work <= 4 * Pattern.programLimit, program.count < Pattern.programLimit else {
            throw Pattern.Failure(reason: "the pattern grows too large: use smaller repetition counts")
        }
        switch syntax {
        case .empty: break
        case .one(let matcher): program.append(.one(matcher))
        case .atStart: program.append(.atStart)
        case .atEnd: program.append(.atEnd)
        case .sequence(let parts):
            for part in parts { try emit(part) }
        case .alternatives(let parts):
            var jumps: [Int] = []
            for (index, part) in parts.enumerated() {
                if index == parts.count - 1 {
                    try emit(part)
                } else {
                    let split = reserve()
                    try emit(part)
                    jumps.append(reserve())
                    program[split] = .split(split + 1, program.count)
                }
            }
            for jump in jumps { program[jump] = .jump(program.count) }
        case .repeated(let part, let minimum, let maximum):
            for _ in 0..<minimum { try emit(part) }
            if let maximum {
                try emitOptional(part, times: maximum - minimum)
            } else {
                let split = reserve()
                try emit(part)
                program.append(.jump(split))
                program[split] = .split(split + 1, program.count)
            }
        }
    }

    private mutating func emitOptional(_ part: PatternSyntax, times: Int) throws(Pattern.Failure) {
        var splits: [Int] = []
        for _ in 0..<times {
            splits.append(reserve())
            try emit(part)
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
    }

    /// A place whose jump is known later.
    private mutating func reserve() -> Int {
        program.append(.jump(0))
        return program.count - 1
    }
}
