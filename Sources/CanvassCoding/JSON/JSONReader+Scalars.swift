extension JSONReader {
    /// The string whose opening quote is the next byte (RFC 8259, section 7).
    mutating func string() throws(CodingError) -> String {
        let start = offset + 1
        var end = start
        while end < input.count, Self.isPlain(input[end]) { end += 1 }
        guard end < input.count, input[end] == UInt8(ascii: "\"") else { return try escapedString(from: start) }
        offset = end + 1
        let text = input.withUnsafeBufferPointer { String(validating: $0[start..<end], as: UTF8.self) }
        guard let text else {
            throw error("invalid UTF-8", at: UTF8Validation.firstInvalid(in: input, start..<end) ?? start)
        }
        return text
    }

    /// The slower way, for strings with escapes or without an end.
    private mutating func escapedString(from start: Int) throws(CodingError) -> String {
        var content: [UInt8] = []
        offset = start
        while true {
            let run = offset
            while offset < input.count, Self.isPlain(input[offset]) { offset += 1 }
            if let invalid = UTF8Validation.firstInvalid(in: input, run..<offset) {
                throw error("invalid UTF-8", at: invalid)
            }
            content.append(contentsOf: input[run..<offset])
            guard offset < input.count else { throw error("a string without its closing quote", at: start - 1) }
            switch input[offset] {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                content.append(contentsOf: String(try escape()).utf8)
            default:
                throw error("a control character in a string; write it as \\u00..", at: offset)
            }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// The character of the escape sequence whose backslash is the next byte.
    private mutating func escape() throws(CodingError) -> Unicode.Scalar {
        let start = offset
        guard input.count - start >= 2 else { throw error("an escape without its end", at: start) }
        offset += 2
        switch input[start + 1] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(from: start)
        default: throw error("unknown escape", at: start)
        }
    }

    /// One scalar of four hexadecimal digits, or of two such escapes when they are a surrogate pair.
    private mutating func unicodeEscape(from start: Int) throws(CodingError) -> Unicode.Scalar {
        let first = try hexadecimal(from: start)
        if let scalar = Unicode.Scalar(first) { return scalar }
        let isPair =
            first < 0xDC00 && input.count - offset >= 2 && input[offset] == UInt8(ascii: "\\")
            && input[offset + 1] == UInt8(ascii: "u")
        guard isPair else { throw error("a lone surrogate", at: start) }
        offset += 2
        let second = try hexadecimal(from: offset - 2)
        guard 0xDC00...0xDFFF ~= second,
            let scalar = Unicode.Scalar(0x1_0000 + (first & 0x3FF) << 10 + (second & 0x3FF))
        else { throw error("a lone surrogate", at: start) }
        return scalar
    }

    private mutating func hexadecimal(from start: Int) throws(CodingError) -> UInt32 {
        guard input.count - offset >= 4 else { throw error("\\u needs four hexadecimal digits", at: start) }
        var number: UInt32 = 0
        for byte in input[offset..<offset + 4] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw error("\\u needs four hexadecimal digits", at: start)
            }
            number = number << 4 | UInt32(digit)
        }
        offset += 4
        return number
    }
}

extension JSONReader {
    /// The number that starts at the next byte (RFC 8259, section 6).
    mutating func number() throws(CodingError) -> Value {
        let start = offset
        let isNegative = input[offset] == UInt8(ascii: "-")
        if isNegative { offset += 1 }
        var decimal = Decimal()
        let whole = offset
        try digits(into: &decimal)
        if input[whole] == UInt8(ascii: "0"), offset - whole > 1 { throw error("a leading zero", at: whole) }
        switch following {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): try fraction(into: &decimal)
        default: if let integer = decimal.integer(isNegative: isNegative) { return .integer(integer) }
        }
        if let magnitude = decimal.exactDouble { return Value(isNegative ? -magnitude : magnitude) }
        guard let double = Double(String(decoding: input[start..<offset], as: UTF8.self)), double.isFinite else {
            throw error("the number is beyond the range of binary64", at: start)
        }
        return Value(double)
    }

    /// At least one digit.
    private mutating func digits(into decimal: inout Decimal) throws(CodingError) {
        let start = offset
        while offset < input.count, case let digit = input[offset] &- UInt8(ascii: "0"), digit < 10 {
            decimal.append(digit)
            offset += 1
        }
        guard offset > start else { throw error("expected a digit", at: offset) }
    }

    /// What may follow the whole part: a fraction, an exponent, or both.
    private mutating func fraction(into decimal: inout Decimal) throws(CodingError) {
        if following == UInt8(ascii: ".") {
            offset += 1
            let start = offset
            try digits(into: &decimal)
            decimal.exponent -= offset - start
        }
        if following == UInt8(ascii: "e") || following == UInt8(ascii: "E") {
            offset += 1
            let isNegative = following == UInt8(ascii: "-")
            if isNegative || following == UInt8(ascii: "+") { offset += 1 }
            var exponent = Decimal()
            try digits(into: &exponent)
            // Far beyond binary64 already; what lies further changes nothing, and must not overflow.
            let magnitude = Int(min(exponent.significand ?? .max, 100_000))
            decimal.exponent += isNegative ? -magnitude : magnitude
        }
    }

    /// The next byte, which stays unread; nil at the end.
    private var following: UInt8? { offset < input.count ? input[offset] : nil }

    /// significand · 10^exponent
    private struct Decimal {
        /// Nil when 64 bits are too few.
        private(set) var significand: UInt64? = 0
        var exponent = 0

        mutating func append(_ digit: UInt8) {
            guard let significand else { return }
            let (product, isTooLarge) = significand.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
            self.significand = isTooLarge || carries ? nil : sum
        }

        func integer(isNegative: Bool) -> Int64? {
            guard let significand else { return nil }
            guard isNegative else { return Int64(exactly: significand) }
            return significand <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- significand) : nil
        }

        /// The nearest double where one correctly rounded operation finds it: significands up to 2⁵³ and powers of ten
        /// up to 10²² are doubles themselves (Clinger, "How to read floating point numbers accurately", 1990).
        var exactDouble: Double? {
            guard let significand, significand <= 1 << 53, exponent.magnitude <= 22 else { return nil }
            let power = Self.powersOfTen[Int(exponent.magnitude)]
            return exponent < 0 ? Double(significand) / power : Double(significand) * power
        }

        private static let powersOfTen: [Double] = [
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
            1e19,
            1e20, 1e21, 1e22,
        ]
    }
}
