import CanvassCoding

/// What an expression yields. XPath 1.0 knows booleans, numbers and texts; ODK adds dates, which count as day numbers.
/// A question without an answer is the empty text.
package enum XPathValue: Sendable, Hashable {
    case boolean(Bool)
    case number(Double)
    case text(String)
    case moment(Moment)

    package static let empty = XPathValue.text("")

    /// `boolean()`, XPath 1.0 section 4.3: a number other than 0 and NaN, a text that is not empty.
    package var boolean: Bool {
        switch self {
        case .boolean(let value): value
        case .number(let value): value != 0 && !value.isNaN
        case .text(let text): !text.isEmpty
        case .moment: true
        }
    }

    /// `number()`, XPath 1.0 section 4.4; a date is its day number.
    package var number: Double {
        switch self {
        case .boolean(let value): value ? 1 : 0
        case .number(let value): value
        case .text(let text): Self.number(in: text)
        case .moment(let moment): moment.dayNumber
        }
    }

    /// `string()`, XPath 1.0 section 4.2; a date in ISO 8601.
    package var text: String {
        switch self {
        case .boolean(let value): value ? "true" : "false"
        case .number(let value): Self.text(of: value)
        case .text(let text): text
        case .moment(let moment): moment.text
        }
    }

    package var isEmpty: Bool {
        if case .text(let text) = self { text.isEmpty } else { false }
    }

    /// Digits with an optional minus sign and decimal point, blanks around them; NaN for anything else: XPath knows
    /// neither exponents nor a plus sign.
    static func number(in text: String) -> Double {
        let trimmed = text.trimmedOfSpace
        var digits = 0
        var points = 0
        for (index, byte) in trimmed.utf8.enumerated() {
            if byte.digitValue != nil {
                digits += 1
            } else if byte == UInt8(ascii: ".") {
                points += 1
            } else if byte != UInt8(ascii: "-") || index > 0 {
                return .nan
            }
        }
        guard digits > 0, points < 2 else { return .nan }
        return Double(trimmed) ?? .nan
    }

    /// Decimal digits without an exponent, as many as tell the number from its neighbours.
    static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        if let whole = Int64(exactly: number) { return String(whole) }
        let shortest = String(describing: number.magnitude)
        let sign = number < 0 ? "-" : ""
        guard let mark = shortest.firstIndex(of: "e"), let exponent = Int(shortest[shortest.index(after: mark)...])
        else { return sign + (shortest.hasSuffix(".0") ? String(shortest.dropLast(2)) : shortest) }
        let mantissa = shortest[..<mark].split(separator: ".", omittingEmptySubsequences: false)
        let whole = String(mantissa[0])
        let fraction = mantissa.count > 1 && mantissa[1] != "0" ? String(mantissa[1]) : ""
        let digits = whole + fraction
        let point = whole.utf8.count + exponent
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.utf8.count {
            return sign + digits + String(repeating: "0", count: point - digits.utf8.count)
        }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }
}

// MARK: Comparison

extension XPathValue {
    /// `=`: as booleans if one is a boolean, else as numbers if one is a number or a date, else byte for byte
    /// (XPath 1.0 section 3.4).
    package static func areEqual(_ left: XPathValue, _ right: XPathValue) -> Bool {
        switch (left, right) {
        case (.boolean, _), (_, .boolean):
            return left.boolean == right.boolean
        case (.text(let a), .text(let b)):
            return a.hasSameBytes(as: b)
        case (.moment, .text), (.text, .moment), (.moment, .moment), (.number, _), (_, .number):
            let (a, b) = numbers(left, right)
            return a == b
        }
    }

    /// Both as numbers; a text beside a date may be a date written out.
    package static func numbers(_ left: XPathValue, _ right: XPathValue) -> (Double, Double) {
        switch (left, right) {
        case (.moment(let moment), .text(let text)): (moment.dayNumber, moment.dayNumber(of: text))
        case (.text(let text), .moment(let moment)): (moment.dayNumber(of: text), moment.dayNumber)
        default: (left.number, right.number)
        }
    }
}
