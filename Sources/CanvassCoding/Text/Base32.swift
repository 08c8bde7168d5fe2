/// Crockford's base 32 (https://www.crockford.com/base32.html): 0–9 and the letters without I, L, O and U, most
/// significant bits first, upper case out. Reading also takes lower case, I and L for 1, and O for 0.
package enum Base32 {
    /// Five bits a character; the last one is filled up with zero bits.
    package static func encode(_ bytes: [UInt8]) -> String {
        var characters: [UInt8] = []
        characters.reserveCapacity((bytes.count * 8 + 4) / 5)
        var pending: UInt32 = 0
        var pendingBits = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            pendingBits += 8
            while pendingBits >= 5 {
                pendingBits -= 5
                characters.append(alphabet[Int(pending >> UInt32(pendingBits) & 31)])
            }
            pending &= (1 << UInt32(pendingBits)) - 1
        }
        if pendingBits > 0 { characters.append(alphabet[Int(pending << UInt32(5 - pendingBits))]) }
        return String(decoding: characters, as: UTF8.self)
    }

    /// - Throws: for other characters, a length that no byte string has, or padding bits that are not zero.
    package static func decode(_ text: String) throws(CodingError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 5 / 8)
        var pending: UInt32 = 0
        var pendingBits = 0
        var offset = 0
        for character in text.utf8 {
            pending = pending << 5 | UInt32(try digit(character, at: offset))
            pendingBits += 5
            if pendingBits >= 8 {
                pendingBits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(pendingBits)))
                pending &= (1 << UInt32(pendingBits)) - 1
            }
            offset += 1
        }
        guard pendingBits < 5 else { throw error("no byte string has \(offset) characters", at: offset) }
        guard pending == 0 else { throw error("the padding bits are not zero", at: offset - 1) }
        return bytes
    }

    /// All bits of a number, leading zeros first, as 13 characters. Such texts sort as the numbers do.
    package static func encode(_ number: UInt64) -> String { encode(fixed: number) }

    /// All bits of a number, leading zeros first, as the 26 characters of a ULID.
    package static func encode(_ number: UInt128) -> String { encode(fixed: number) }

    /// - Throws: for other characters, another length than 13, or a number above the type's maximum.
    package static func decode(_ text: String, as type: UInt64.Type) throws(CodingError) -> UInt64 {
        try decode(fixed: text)
    }

    /// - Throws: for other characters, another length than 26, or a number above the type's maximum.
    package static func decode(_ text: String, as type: UInt128.Type) throws(CodingError) -> UInt128 {
        try decode(fixed: text)
    }

    /// 16 bytes as 26 characters, two leading zero bits first as in a ULID.
    package static func encode16(_ bytes: [UInt8]) -> String {
        precondition(bytes.count == 16, "expected 16 bytes, got \(bytes.count)")
        return encode(bytes.reduce(into: 0 as UInt128) { $0 = $0 << 8 | UInt128($1) })
    }

    /// The 16 bytes that `encode16` wrote as 26 characters.
    package static func decode16(_ text: String) throws(CodingError) -> [UInt8] {
        withUnsafeBytes(of: try decode(text, as: UInt128.self).bigEndian) { Array($0) }
    }

    private static func encode<Number: FixedWidthInteger & UnsignedInteger>(fixed number: Number) -> String {
        let length = (Number.bitWidth + 4) / 5
        return String(unsafeUninitializedCapacity: length) { characters in
            var rest = number
            for index in (0..<length).reversed() {
                characters.initializeElement(at: index, to: alphabet[Int(truncatingIfNeeded: rest & 31)])
                rest >>= 5
            }
            return length
        }
    }

    private static func decode<Number: FixedWidthInteger & UnsignedInteger>(
        fixed text: String
    ) throws(CodingError) -> Number {
        let length = (Number.bitWidth + 4) / 5
        guard text.utf8.count == length else {
            throw error("expected \(length) characters, found \(text.utf8.count)", at: 0)
        }
        var number: Number = 0
        var offset = 0
        for character in text.utf8 {
            guard number.leadingZeroBitCount >= 5 else {
                throw error("the number does not fit \(Number.bitWidth) bits", at: 0)
            }
            number = number << 5 | Number(truncatingIfNeeded: try digit(character, at: offset))
            offset += 1
        }
        return number
    }

    private static func digit(_ character: UInt8, at offset: Int) throws(CodingError) -> UInt8 {
        let digit = digits[Int(character)]
        guard digit < 32 else {
            throw error("not a character of Crockford's base 32 (0–9, A–Z without I, L, O, U)", at: offset)
        }
        return digit
    }

    private static func error(_ reason: String, at offset: Int) -> CodingError {
        CodingError(format: "base32", reason: reason, offset: offset)
    }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The value of every byte as a character; 255 for what is none.
    private static let digits: [UInt8] = {
        var digits = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() {
            digits[Int(character)] = UInt8(value)
            // Setting this bit makes a letter lower case and leaves a digit as it is.
            digits[Int(character | 0x20)] = UInt8(value)
        }
        for character in "IiLl".utf8 { digits[Int(character)] = 1 }
        for character in "Oo".utf8 { digits[Int(character)] = 0 }
        return digits
    }()
}
