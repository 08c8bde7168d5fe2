import CanvassCoding

extension Evaluator {
    /// - Parameters:
    ///   - arguments: as many as `ExpressionFunction.argumentCounts` allows; the parser has counted them.
    ///   - offset: UTF-8 bytes from the start of the expression to the function's name.
    mutating func call(
        _ function: ExpressionFunction, _ arguments: [ExpressionNode], at offset: Int
    ) throws(ExpressionError) -> XPathValue {
        switch function {
        case .if:
            return try value(of: try value(of: arguments[0]).boolean ? arguments[1] : arguments[2])
        case .coalesce:
            for argument in arguments {
                let candidate = try value(of: argument)
                if !candidate.isEmpty { return candidate }
            }
            return .empty
        case .once:
            return context.current.isEmpty ? try value(of: arguments[0]) : context.current
        case .sum, .min, .max, .count, .countNonEmpty, .join:
            return try aggregate(function, arguments, at: offset)
        default:
            var values: [XPathValue] = []
            values.reserveCapacity(arguments.count)
            for argument in arguments { values.append(try value(of: argument)) }
            return try apply(function, values, at: offset)
        }
    }

    /// Functions over node sets.
    private mutating func aggregate(
        _ function: ExpressionFunction, _ arguments: [ExpressionNode], at offset: Int
    ) throws(ExpressionError) -> XPathValue {
        var values: [XPathValue] = []
        for argument in arguments { values += try nodes(of: argument) }
        switch function {
        case .count: return .number(Double(values.count))
        case .countNonEmpty: return .number(Double(values.count { !$0.isEmpty }))
        case .join:
            let separator = values.isEmpty ? "" : values.removeFirst().text
            return try text(values.map(\.text), separator: separator, at: offset)
        case .sum: return .number(values.reduce(0) { $0 + $1.number })
        default:
            // NaN, the number of an empty answer, wins over every other: a minimum of unknowns is unknown.
            let numbers = values.map(\.number)
            if numbers.isEmpty || numbers.contains(where: \.isNaN) { return .number(.nan) }
            return .number((function == .min ? numbers.min() : numbers.max()) ?? .nan)
        }
    }

    private func apply(
        _ function: ExpressionFunction, _ values: [XPathValue], at offset: Int
    ) throws(ExpressionError) -> XPathValue {
        let first = values.first ?? context.current
        switch function {
        case .true: return .boolean(true)
        case .false: return .boolean(false)
        case .not: return .boolean(!first.boolean)
        case .boolean: return .boolean(first.boolean)
        case .booleanFromString: return .boolean(first.text == "true" || first.text == "1")
        case .selected:
            return .boolean(first.text.words.contains { $0.hasSameBytes(as: values[1].text.trimmedOfSpace) })
        case .countSelected: return .number(Double(first.text.words.count))
        case .selectedAt: return .text(Self.word(of: first.text, at: values[1].number))
        case .position: return .number(1)
        case .itext: return .text(first.text)
        case .random: return .number(Double(context.randomBits() >> 11) * 0x1p-53)
        case .uuid: return .text(uuid())
        case .number, .int, .round, .floor, .ceiling, .abs, .pow:
            return .number(number(function, first, values))
        case .today, .now, .date, .dateTime, .decimalDateTime, .decimalTime, .formatDate, .formatDateTime:
            return try moment(function, first, values, at: offset)
        default:
            return try text(function, first, values, at: offset)
        }
    }

    private func number(_ function: ExpressionFunction, _ first: XPathValue, _ values: [XPathValue]) -> Double {
        let number = first.number
        switch function {
        case .int: return number.rounded(.towardZero)
        case .floor: return number.rounded(.down)
        case .ceiling: return number.rounded(.up)
        case .abs: return number.magnitude
        case .pow: return Self.power(number, values[1].number)
        case .round:
            guard values.count == 2 else { return Self.rounded(number) }
            let places = values[1].number
            guard places.magnitude <= 30 else { return .nan }
            let scale = Self.power(10, places.rounded(.towardZero).magnitude)
            return places < 0 ? Self.rounded(number / scale) * scale : Self.rounded(number * scale) / scale
        default: return number
        }
    }

    /// To the nearest whole number, halves upwards (XPath 1.0 section 4.4).
    private static func rounded(_ number: Double) -> Double {
        // Beyond 2⁵² every number is whole, and adding a half would round it.
        guard number.magnitude < 0x1p52 else { return number }
        let below = number.rounded(.down)
        return number - below >= 0.5 ? below + 1 : below
    }

    private static func word(of text: String, at index: Double) -> String {
        let words = text.words
        guard let position = Int(exactly: index.rounded(.towardZero)), words.indices.contains(position) else {
            return ""
        }
        return words[position]
    }

    /// A random UUID (RFC 9562 version 4).
    private func uuid() -> String {
        let high = context.randomBits() & ~0xF000 | 0x4000
        let low = context.randomBits() & ~(0b11 << 62) | 0b10 << 62
        let digits = [high, low].map { half in
            let hexadecimal = String(half, radix: 16)
            return String(repeating: "0", count: 16 - hexadecimal.utf8.count) + hexadecimal
        }.joined()
        var result = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { result.append("-") }
            result.append(digit)
        }
        return result
    }
}
