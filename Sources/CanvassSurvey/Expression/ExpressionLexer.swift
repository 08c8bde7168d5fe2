/// Cuts an expression into tokens (XPath 1.0 section 3.7, and `${name}` of XLSForm).
struct ExpressionLexer {
    private let source: String
    private let bytes: [UInt8]
    private var position = 0

    init(_ source: String) {
        self.source = source
        bytes = Array(source.utf8)
    }

    /// All tokens, closed by `.end`.
    mutating func tokens() throws(ExpressionError) -> [ExpressionToken] {
        var tokens: [ExpressionToken] = []
        while true {
            skipSpace()
            let offset = position
            guard position < bytes.count else {
                tokens.append(ExpressionToken(kind: .end, offset: offset))
                return tokens
            }
            tokens.append(ExpressionToken(kind: try next(), offset: offset))
        }
    }

    private func byte(at index: Int) -> UInt8? {
        index < bytes.count ? bytes[index] : nil
    }

    private func text(from start: Int, to end: Int) -> String {
        String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private func failure(at offset: Int, _ reason: String) -> ExpressionError {
        ExpressionError(expression: source, offset: text(from: 0, to: offset).count, reason: reason)
    }

    /// Blanks, line breaks and the no-break space that spreadsheets like to paste.
    private mutating func skipSpace() {
        while let byte = byte(at: position) {
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                position += 1
            } else if byte == 0xC2, self.byte(at: position + 1) == 0xA0 {
                position += 2
            } else {
                return
            }
        }
    }

    private mutating func next() throws(ExpressionError) -> ExpressionToken.Kind {
        let start = position
        let first = bytes[start]
        switch first {
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            return try quoted(by: first)
        case UInt8(ascii: "$"):
            return try reference()
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            return try number()
        case UInt8(ascii: ".") where byte(at: start + 1).map(Self.isDigit) == true:
            return try number()
        case _ where Self.startsName(first):
            if let quote = curlyQuote() {
                throw failure(at: start, "\(quote) is a typographic quotation mark: write a straight ' instead")
            }
            while let byte = byte(at: position), Self.continuesName(byte) { position += 1 }
            return .name(text(from: start, to: position))
        default:
            return try symbol()
        }
    }

    private mutating func quoted(by quote: UInt8) throws(ExpressionError) -> ExpressionToken.Kind {
        let start = position
        guard let end = bytes[(start + 1)...].firstIndex(of: quote) else {
            throw failure(at: start, "this quotation mark is never closed")
        }
        position = end + 1
        return .text(text(from: start + 1, to: end))
    }

    private mutating func reference() throws(ExpressionError) -> ExpressionToken.Kind {
        let start = position
        guard byte(at: start + 1) == UInt8(ascii: "{") else {
            throw failure(at: start, "a question is written ${name}")
        }
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "}")) else {
            throw failure(at: start, "${ without its closing }")
        }
        let name = text(from: start + 2, to: end).trimmedOfSpace
        if name.utf8.contains(UInt8(ascii: "#")) {
            throw failure(at: start, "${last-saved#…} is not supported: earlier interviews are not read")
        }
        guard Form.isName(name) else { throw failure(at: start, "${\(name)} holds no question's name") }
        position = end + 1
        return .reference(name)
    }

    private mutating func number() throws(ExpressionError) -> ExpressionToken.Kind {
        let start = position
        while let byte = byte(at: position), Self.isDigit(byte) { position += 1 }
        if byte(at: position) == UInt8(ascii: ".") {
            position += 1
            while let byte = byte(at: position), Self.isDigit(byte) { position += 1 }
        }
        let digits = text(from: start, to: position)
        guard let value = Double(digits), value.isFinite else {
            throw failure(at: start, "this number is too large")
        }
        return .number(value)
    }

    private mutating func symbol() throws(ExpressionError) -> ExpressionToken.Kind {
        for length in [2, 1] where position + length <= bytes.count {
            if let symbol = ExpressionToken.Symbol(rawValue: text(from: position, to: position + length)) {
                position += length
                return .symbol(symbol)
            }
        }
        let character = text(from: position, to: bytes.count).first.map(String.init) ?? ""
        let remedy =
            switch character {
            case "&": ": join texts with concat(), conditions with and"
            case "!": ": write not(…) or !="
            case "{", "}": ": a question is written ${name}"
            default: ""
            }
        throw failure(at: position, "“\(character)” means nothing here\(remedy)")
    }

    /// The typographic quotation mark that starts here (U+2018, U+2019, U+201C or U+201D), if one does.
    private func curlyQuote() -> String? {
        guard byte(at: position) == 0xE2, byte(at: position + 1) == 0x80, let last = byte(at: position + 2),
            [0x98, 0x99, 0x9C, 0x9D].contains(last)
        else { return nil }
        return text(from: position, to: position + 3)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func startsName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    private static func continuesName(_ byte: UInt8) -> Bool {
        startsName(byte) || isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: ":")
    }
}
