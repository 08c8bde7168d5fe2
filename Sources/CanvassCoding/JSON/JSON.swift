/// JavaScript Object Notation, RFC 8259, between text and `Value`.
///
/// Other readers lose what matters here: whether a number was 1, 1.0 or true, the order of keys, the last digit of
/// 0.1 + 0.2. Integers are exact over the whole of Int64, and a larger one becomes a number; whole numbers within ±2⁵³
/// are integers however they are written; all other numbers are written with the fewest digits that read back alike.
///
/// What JSON has no type for is an object of one member: bytes are `{"$bytes": "<base64url>"}`, and a CBOR item that this
/// version does not know is `{"$cbor": "<base64url>"}`. A map that has such a key itself gets one more `$` in front of it,
/// which reading takes off, so that `decode(encode(value)) == value` for every value whose maps have distinct keys.
package enum JSON {
    static let maximumDepth = 64

    /// - Parameter pretty: members and elements on lines of their own, indented by two spaces.
    package static func encode(_ value: Value, pretty: Bool = false) -> String {
        var bytes: [UInt8] = []
        encode(value, into: &bytes, pretty: pretty)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the UTF-8 text.
    package static func encode(_ value: Value, into bytes: inout [UInt8], pretty: Bool = false) {
        var writer = JSONWriter(bytes: bytes, isPretty: pretty)
        // The writer holds the only reference now, so that appending does not copy.
        bytes = []
        writer.value(value)
        bytes = writer.bytes
    }

    /// Reads exactly one value from UTF-8 without a byte order mark.
    ///
    /// - Throws: `CodingError` for whatever RFC 8259 does not allow, and for duplicate keys, lone surrogates, numbers
    ///   beyond binary64, and nesting deeper than 64.
    package static func decode(_ bytes: [UInt8]) throws(CodingError) -> Value {
        var reader = JSONReader(bytes)
        return try reader.document()
    }

    package static func decode(_ text: String) throws(CodingError) -> Value {
        try decode(Array(text.utf8))
    }

    /// Where a byte offset lies, for messages to people: line and column count from one, the column in code points, and a
    /// line ends with LF, CR LF or CR.
    package static func position(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
        var line = 1
        var column = 1
        for index in 0..<max(0, min(offset, bytes.count)) {
            switch bytes[index] {
            case 0x0A where index > 0 && bytes[index - 1] == 0x0D: break
            case 0x0A, 0x0D: (line, column) = (line + 1, 1)
            case 0x80...0xBF: break
            default: column += 1
            }
        }
        return (line, column)
    }

    /// The member that stands for bytes, and the one that stands for a foreign CBOR item.
    static let bytesKey = "$bytes"
    static let foreignKey = "$cbor"

    /// Whether a key is `$bytes` or `$cbor`, perhaps with more `$` in front.
    static func isReserved(_ key: String) -> Bool {
        let utf8 = key.utf8
        guard utf8.first == UInt8(ascii: "$") else { return false }
        let name = utf8.drop { $0 == UInt8(ascii: "$") }
        return name.elementsEqual("bytes".utf8) || name.elementsEqual("cbor".utf8)
    }
}
