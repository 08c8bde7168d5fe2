/// Base 64 with the URL and file name safe alphabet (RFC 4648, section 5), without padding characters.
package enum Base64URL {
    package static func encode(_ bytes: [UInt8]) -> String {
        var characters: [UInt8] = []
        characters.reserveCapacity((bytes.count * 4 + 2) / 3)
        encode(bytes, into: &characters)
        return String(decoding: characters, as: UTF8.self)
    }

    static func encode(_ bytes: [UInt8], into characters: inout [UInt8]) {
        var pending: UInt32 = 0
        var pendingBits: UInt32 = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            pendingBits += 8
            while pendingBits >= 6 {
                pendingBits -= 6
                characters.append(alphabet[Int(pending >> pendingBits & 63)])
            }
            pending &= (1 << pendingBits) - 1
        }
        if pendingBits > 0 { characters.append(alphabet[Int(pending << (6 - pendingBits))]) }
    }

    /// - Throws: for characters outside the alphabet (padding and line breaks among them), a length that no byte string
    ///   has, or trailing bits that are not zero.
    package static func decode(_ text: String) throws(CodingError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 3 / 4)
        var pending: UInt32 = 0
        var pendingBits: UInt32 = 0
        var offset = 0
        for character in text.utf8 {
            let digit = digits[Int(character)]
            guard digit < 64 else { throw error("not a character of base64url", at: offset) }
            pending = pending << 6 | UInt32(digit)
            pendingBits += 6
            if pendingBits >= 8 {
                pendingBits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> pendingBits))
                pending &= (1 << pendingBits) - 1
            }
            offset += 1
        }
        guard pendingBits < 6 else { throw error("no byte string has \(offset) characters", at: offset) }
        guard pending == 0 else { throw error("the trailing bits are not zero", at: offset - 1) }
        return bytes
    }

    private static func error(_ reason: String, at offset: Int) -> CodingError {
        CodingError(format: "base64url", reason: reason, offset: offset)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The value of every byte as a character; 255 for what is none.
    private static let digits: [UInt8] = {
        var digits = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { digits[Int(character)] = UInt8(value) }
        return digits
    }()
}
