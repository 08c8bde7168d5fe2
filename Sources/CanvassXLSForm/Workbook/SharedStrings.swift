/// The texts that cells refer to by number (ECMA-376 part 1, 18.4).
enum SharedStrings {
    /// Runs of rich text are joined; phonetic guides are no part of the text.
    static func read(_ reader: inout XMLReader) throws(XMLError) -> [String] {
        var strings: [String] = []
        while let child = try reader.nextChild() {
            if child.isSpreadsheet("si") {
                strings.append(try readItem(&reader))
            } else {
                try reader.skip()
            }
        }
        return strings
    }

    /// The text of a string item (CT_Rst), which is also what an inline string is.
    static func readItem(_ reader: inout XMLReader) throws(XMLError) -> String {
        var text = ""
        while let child = try reader.nextChild() {
            if child.isSpreadsheet("t") {
                text += try unescape(reader.text())
            } else if child.isSpreadsheet("r") {
                while let part = try reader.nextChild() {
                    if part.isSpreadsheet("t") { text += try unescape(reader.text()) } else { try reader.skip() }
                }
            } else {
                try reader.skip()
            }
            guard text.utf8.count <= reader.limits.textBytes else { throw reader.failure("a text is too long") }
        }
        return text
    }

    /// ST_Xstring (22.9.2.19): `_x000D_` stands for the character U+000D, which XML could not hold.
    static func unescape(_ text: String) -> String {
        guard text.contains("_x") else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let escape = bytes[index...].prefix(7)
            if escape.count == 7, escape.starts(with: "_x".utf8), escape.last == UInt8(ascii: "_"),
                let scalar = scalar(fromHex: escape.dropFirst(2).dropLast()), let encoded = UTF8.encode(scalar)
            {
                result.append(contentsOf: encoded)
                index += 7
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func scalar(fromHex digits: ArraySlice<UInt8>) -> Unicode.Scalar? {
        var value: UInt32 = 0
        for byte in digits {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x41 + 10)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x61 + 10)
            default: return nil
            }
        }
        return Unicode.Scalar(value)
    }
}
