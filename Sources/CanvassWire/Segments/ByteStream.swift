import CanvassCoding

/// Bytes with variable-length integers: seven bits a byte, the least significant first, the top bit set on all but the
/// last (LEB128), and signed ones folded to unsigned ones first (zigzag).
struct ByteStreamWriter {
    private(set) var bytes: [UInt8] = []

    mutating func unsigned(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func count(_ number: Int) {
        unsigned(UInt64(number))
    }

    mutating func signed(_ number: Int64) {
        unsigned(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    mutating func raw(_ content: some Collection<UInt8>) {
        bytes.append(contentsOf: content)
    }

    /// A length and as many bytes.
    mutating func block(_ content: some Collection<UInt8>) {
        count(content.count)
        raw(content)
    }
}

/// Reads what `ByteStreamWriter` wrote; every length is checked against what is left before anything is allocated.
struct ByteStreamReader {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - offset }

    func malformed(_ reason: String) -> CodingError {
        CodingError(format: "segment columns", reason: reason, offset: offset)
    }

    mutating func unsigned() throws(CodingError) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard offset < bytes.count else { throw malformed("the columns end early") }
            let byte = bytes[offset]
            offset += 1
            guard shift < 63 || byte <= 1 else { throw malformed("an integer is too long") }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
    }

    /// A count within a bound that the caller knows.
    mutating func count(atMost limit: Int) throws(CodingError) -> Int {
        guard let count = Int(exactly: try unsigned()), count <= limit else { throw malformed("a count is too large") }
        return count
    }

    mutating func signed() throws(CodingError) -> Int64 {
        let folded = try unsigned()
        return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
    }

    mutating func raw(_ count: Int) throws(CodingError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw malformed("the columns end early") }
        defer { offset += count }
        return bytes[offset..<(offset + count)]
    }

    mutating func block() throws(CodingError) -> ArraySlice<UInt8> {
        try raw(count(atMost: remaining))
    }

    func finish() throws(CodingError) {
        guard remaining == 0 else { throw malformed("bytes are left over") }
    }
}
