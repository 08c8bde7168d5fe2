/// Characters, places and references.
extension XMLReader {
    /// Establishes invariant 1: valid UTF-8, and only the characters of production [2] of XML 1.0.
    func checkCharacters() throws(XMLError) {
        if starts(with: [0xFE, 0xFF]) || starts(with: [0xFF, 0xFE]) || starts(with: [0x3C, 0x00])
            || starts(with: [0x00, 0x3C])
        {
            throw XMLError(reason: "the document is UTF-16; only UTF-8 is read", line: 1, column: 1)
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw XMLError(reason: "the document is not UTF-8", line: 1, column: 1)
        }
        for (index, byte) in bytes.enumerated() {
            if byte < 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D {
                throw failure("control character \(byte)", at: index)
            }
            // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
            if byte == 0xEF, index + 2 < bytes.count, bytes[index + 1] == 0xBF, bytes[index + 2] >= 0xBE {
                throw failure("a character that XML does not allow", at: index)
            }
        }
    }

    static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: true
        default: false
        }
    }

    func failure(_ reason: String, at place: Int? = nil) -> XMLError {
        let before = bytes[..<min(place ?? offset, bytes.count)]
        let lines = before.count { $0 == 0x0A }
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        // Continuation bytes are no characters of their own.
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 }
        return XMLError(reason: reason, line: lines + 1, column: column + 1)
    }

    func starts(with text: StaticString) -> Bool {
        guard text.utf8CodeUnitCount <= bytes.count - offset else { return false }
        return text.withUTF8Buffer { pattern in
            for (index, byte) in pattern.enumerated() where bytes[offset + index] != byte { return false }
            return true
        }
    }

    func starts(with pattern: [UInt8]) -> Bool { bytes[offset...].starts(with: pattern) }

    /// The byte `distance` after this one; 0, which is no character of XML, behind the end.
    func peek(_ distance: Int = 0) -> UInt8 {
        offset + distance < bytes.count ? bytes[offset + distance] : 0
    }

    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    /// Passes white space; true where there was any.
    @discardableResult
    mutating func skipSpace() -> Bool {
        let start = offset
        while isSpace(peek()) { offset += 1 }
        return offset > start
    }

    mutating func expect(_ byte: UInt8) throws(XMLError) {
        guard peek() == byte else { throw failure("\"\(Character(Unicode.Scalar(byte)))\" is missing") }
        offset += 1
    }

    /// Moves behind `terminator` and returns what lies before it.
    mutating func readThrough(_ terminator: StaticString, of what: String) throws(XMLError) -> Range<Int> {
        let start = offset
        while offset < bytes.count {
            if starts(with: terminator) {
                defer { offset += terminator.utf8CodeUnitCount }
                return start..<offset
            }
            offset += 1
        }
        throw failure("\(what) has no end", at: start)
    }

    /// The character that a reference stands for: §4.1 and §4.6. Called at "&".
    mutating func readReference() throws(XMLError) -> Unicode.Scalar {
        let start = offset
        // The longest reference is &#x10FFFF;, leading zeros apart.
        guard let end = bytes[offset...].prefix(16).firstIndex(of: UInt8(ascii: ";")) else {
            throw failure("\"&\" begins no reference")
        }
        let name = String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
        offset = end + 1
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "apos": return "'"
        case "quot": return "\""
        default: break
        }
        let digits = name.hasPrefix("#x") ? name.dropFirst(2) : name.dropFirst(1)
        let radix = name.hasPrefix("#x") ? 16 : 10
        // UInt32 would also read a sign.
        guard name.hasPrefix("#"), digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let scalar = UInt32(digits, radix: radix).flatMap(Unicode.Scalar.init), Self.isAllowed(scalar)
        else {
            throw failure("unknown reference \(quoted("&" + name + ";"))", at: start)
        }
        return scalar
    }
}
