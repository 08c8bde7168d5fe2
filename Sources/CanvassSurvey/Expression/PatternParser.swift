/// Reads the text of a regular expression.
struct PatternParser {
    private static let depthLimit = 50
    private static let repetitionLimit = 1000

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    init(_ pattern: String) {
        scalars = Array(pattern.unicodeScalars)
    }

    mutating func parse() throws(Pattern.Failure) -> PatternSyntax {
        let syntax = try alternatives()
        guard position == scalars.count else { throw Pattern.Failure(reason: "a ) closes no group") }
        return syntax
    }

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        position += 1
        return true
    }

    private mutating func alternatives() throws(Pattern.Failure) -> PatternSyntax {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw Pattern.Failure(reason: "groups nest too deep") }
        var parts = [try sequence()]
        while accept("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .alternatives(parts)
    }

    private mutating func sequence() throws(Pattern.Failure) -> PatternSyntax {
        var parts: [PatternSyntax] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            parts.append(try repetition(of: try atom()))
        }
        return parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func repetition(of atom: PatternSyntax) throws(Pattern.Failure) -> PatternSyntax {
        let bounds: (Int, Int?)
        switch current {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{": bounds = try counts()
        default: return atom
        }
        position += 1
        // A lazy repetition matches the same whole texts; a possessive one may not.
        if accept("?") { return .repeated(atom, minimum: bounds.0, maximum: bounds.1) }
        if let scalar = current, ["*", "+", "{"].contains(scalar) {
            throw Pattern.Failure(reason: "“\(scalar)” cannot follow another repetition")
        }
        return .repeated(atom, minimum: bounds.0, maximum: bounds.1)
    }

    /// `{n}`, `{n,}` or `{n,m}`; stops on the closing brace.
    private mutating func counts() throws(Pattern.Failure) -> (Int, Int?) {
        position += 1
        guard let minimum = number() else { throw Pattern.Failure(reason: "{ needs a number: write \\{ for a brace") }
        var maximum: Int? = minimum
        if accept(",") { maximum = number() }
        guard current == "}" else { throw Pattern.Failure(reason: "a repetition {…} is not closed") }
        guard minimum <= Self.repetitionLimit, maximum ?? 0 <= Self.repetitionLimit else {
            throw Pattern.Failure(reason: "repeats more than \(Self.repetitionLimit) times")
        }
        if let maximum, maximum < minimum {
            throw Pattern.Failure(reason: "the repetition {\(minimum),\(maximum)} runs backwards")
        }
        return (minimum, maximum)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = current, "0"..."9" ~= scalar {
            value = min((value ?? 0) * 10 + Int(scalar.value - 0x30), Self.repetitionLimit + 1)
            position += 1
        }
        return value
    }

    private mutating func atom() throws(Pattern.Failure) -> PatternSyntax {
        guard let scalar = current else { return .empty }
        position += 1
        switch scalar {
        case ".": return .one(.any)
        case "^": return .atStart
        case "$": return .atEnd
        case "(":
            if accept("?"), !accept(":") {
                throw Pattern.Failure(reason: "look-around and named groups (?…) are not supported")
            }
            let inner = try alternatives()
            guard accept(")") else { throw Pattern.Failure(reason: "a group ( is never closed") }
            return inner
        case "[": return .one(try set())
        case "\\":
            switch try escape() {
            case .range(let literal, _): return .one(.scalar(literal))
            case let category: return .one(.set([category], isNegated: false))
            }
        case "*", "+", "?", "{": throw Pattern.Failure(reason: "“\(scalar)” has nothing before it to repeat")
        default: return .one(.scalar(scalar))
        }
    }

    /// What follows a backslash: a category, or one character as a range of itself.
    private mutating func escape() throws(Pattern.Failure) -> Pattern.Member {
        guard let scalar = current else { throw Pattern.Failure(reason: "a \\ at the end escapes nothing") }
        position += 1
        switch scalar {
        case "d": return .category(.digit, isNegated: false)
        case "D": return .category(.digit, isNegated: true)
        case "w": return .category(.word, isNegated: false)
        case "W": return .category(.word, isNegated: true)
        case "s": return .category(.space, isNegated: false)
        case "S": return .category(.space, isNegated: true)
        case "p": return .category(try category(), isNegated: false)
        case "P": return .category(try category(), isNegated: true)
        case "t": return .range("\t", "\t")
        case "n": return .range("\n", "\n")
        case "r": return .range("\r", "\r")
        case "1"..."9": throw Pattern.Failure(reason: "back-references such as \\\(scalar) are not supported")
        case "a"..."z", "A"..."Z", "0": throw Pattern.Failure(reason: "\\\(scalar) is not supported")
        default: return .range(scalar, scalar)
        }
    }

    private mutating func category() throws(Pattern.Failure) -> Pattern.Category {
        var name = ""
        if accept("{") {
            while let scalar = current, scalar != "}" {
                name.unicodeScalars.append(scalar)
                position += 1
            }
            guard accept("}") else { throw Pattern.Failure(reason: "\\p{ is never closed") }
        } else if let scalar = current {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        switch name {
        case "L", "IsAlphabetic": return .letter
        case "Lu": return .uppercase
        case "Ll": return .lowercase
        case "N", "Nd": return .number
        default: throw Pattern.Failure(reason: "\\p{\(name)} is not supported: use L, Lu, Ll or N")
        }
    }

    /// The inside of `[…]`, up to its closing bracket.
    private mutating func set() throws(Pattern.Failure) -> Pattern.Matcher {
        let isNegated = accept("^")
        var members: [Pattern.Member] = []
        while let scalar = current, scalar != "]" || members.isEmpty {
            let first = try setMember()
            guard case .range(let low, _) = first, current == "-", position + 1 < scalars.count,
                scalars[position + 1] != "]"
            else {
                members.append(first)
                continue
            }
            position += 1
            guard case .range(let high, _) = try setMember(), low <= high else {
                throw Pattern.Failure(reason: "a range in […] runs backwards")
            }
            members.append(.range(low, high))
        }
        guard accept("]") else { throw Pattern.Failure(reason: "a class [ is never closed") }
        return .set(members, isNegated: isNegated)
    }

    private mutating func setMember() throws(Pattern.Failure) -> Pattern.Member {
        guard let scalar = current else { throw Pattern.Failure(reason: "a class [ is never closed") }
        position += 1
        if scalar == "\\" { return try escape() }
        if scalar == "[" || (scalar == "&" && current == "&") {
            throw Pattern.Failure(reason: "classes inside classes are not supported: write \\[ for a bracket")
        }
        return .range(scalar, scalar)
    }
}
