/// A cursor over CBOR items that accepts nothing but their deterministic encoding (RFC 8949, section 4.2.1).
///
/// Refused with the offset: truncated and ill-formed items, longer forms than needed, indefinite lengths, unsorted or
/// duplicate map keys, invalid UTF-8, NaN, infinities, whole numbers within ±2⁵³ as floats, bignums that would fit an
/// integer, and nesting deeper than the limit. A count is checked against the bytes that are left before anything is
/// reserved for it. Whoever reads a map key by key after `mapHeader()` checks the keys' order itself.
///
/// After an error the position is unspecified: give up on the input.
package struct CBORReader {
    let input: [UInt8]
    let maximumDepth: Int
    /// Bytes read so far.
    package internal(set) var offset = 0

    package init(_ bytes: [UInt8], maximumDepth: Int = 32) {
        self.input = bytes
        self.maximumDepth = maximumDepth
    }

    package var isAtEnd: Bool { offset == input.count }

    /// The major type, 0 to 7, of the next item, which stays unread.
    package func peekMajorType() throws(CodingError) -> UInt8 {
        guard offset < input.count else { throw truncated(at: offset) }
        return input[offset] >> 5
    }

    package mutating func unsigned() throws(CodingError) -> UInt64 {
        try head(of: CBOR.MajorType.unsigned, named: "an unsigned integer").argument
    }

    package mutating func integer() throws(CodingError) -> Int64 {
        let start = offset
        let head = try head()
        guard head.major <= CBOR.MajorType.negative else { throw error("expected an integer", at: start) }
        guard let integer = head.integer else { throw error("the integer does not fit 64 bits", at: start) }
        return integer
    }

    package mutating func bytes() throws(CodingError) -> [UInt8] {
        let range = try content(of: try head(of: CBOR.MajorType.bytes, named: "a byte string"))
        return Array(input[range])
    }

    package mutating func text() throws(CodingError) -> String {
        try text(of: try head(of: CBOR.MajorType.text, named: "a text"))
    }

    /// The number of elements that follow.
    package mutating func arrayHeader() throws(CodingError) -> Int {
        try count(of: try head(of: CBOR.MajorType.array, named: "an array"), bytesPerElement: 1)
    }

    /// The number of pairs of key and value that follow.
    package mutating func mapHeader() throws(CodingError) -> Int {
        try count(of: try head(of: CBOR.MajorType.map, named: "a map"), bytesPerElement: 2)
    }

    package mutating func bool() throws(CodingError) -> Bool {
        guard offset < input.count else { throw truncated(at: offset) }
        guard input[offset] & 0xFE == 0xF4 else { throw error("expected a boolean", at: offset) }
        defer { offset += 1 }
        return input[offset] == 0xF5
    }

    /// Whether the next item is null, which is then consumed; any other item stays unread.
    package mutating func isNull() throws(CodingError) -> Bool {
        guard offset < input.count else { throw truncated(at: offset) }
        guard input[offset] == 0xF6 else { return false }
        offset += 1
        return true
    }

    /// A finite number: a float, or an integer within ±2⁵³ as `CBORWriter.number(_:)` writes it.
    package mutating func number() throws(CodingError) -> Double {
        let start = offset
        let head = try head()
        if head.major == CBOR.MajorType.simple, head.isFloat { return try float(of: head) }
        guard head.major <= CBOR.MajorType.negative, let whole = head.integer, whole.magnitude <= 1 << 53 else {
            throw error("expected a number that binary64 holds", at: start)
        }
        return Double(whole)
    }

    /// - Throws: when bytes remain after the last item.
    package func finish() throws(CodingError) {
        guard isAtEnd else { throw error("\(input.count - offset) bytes too many after the last item", at: offset) }
    }
}

extension CBORReader {
    /// The initial byte and argument of an item (RFC 8949, section 3).
    struct Head {
        var start: Int
        var major: UInt8
        var information: UInt8
        var argument: UInt64

        /// The number of an item of major type 0 or 1, when 64 bits hold it.
        var integer: Int64? {
            guard let magnitude = Int64(exactly: argument) else { return nil }
            return major == CBOR.MajorType.unsigned ? magnitude : ~magnitude
        }

        /// For major type 7: binary16, binary32 or binary64 follows.
        var isFloat: Bool { (25...27).contains(information) }
    }

    mutating func head() throws(CodingError) -> Head {
        let start = offset
        guard start < input.count else { throw truncated(at: start) }
        let major = input[start] >> 5
        let information = input[start] & 0x1F
        if information < 24 {
            offset = start + 1
            return Head(start: start, major: major, information: information, argument: UInt64(information))
        }
        guard information <= 27 else {
            throw error(information == 31 ? "indefinite length" : "reserved initial byte", at: start)
        }
        let width = 1 << Int(information - 24)
        guard input.count - start > width else { throw truncated(at: start) }
        var argument: UInt64 = 0
        for index in start + 1...start + width { argument = argument << 8 | UInt64(input[index]) }
        offset = start + 1 + width
        let head = Head(start: start, major: major, information: information, argument: argument)
        try checkForm(of: head, width: width)
        return head
    }

    private func checkForm(of head: Head, width: Int) throws(CodingError) {
        if head.major == CBOR.MajorType.simple {
            guard width > 1 || head.argument >= 32 else { throw error("ill-formed simple value", at: head.start) }
        } else {
            let isShortest = width == 1 ? head.argument >= 24 : head.argument >> (width * 4) != 0
            guard isShortest else { throw error("longer form than the value needs", at: head.start) }
        }
    }

    mutating func head(of major: UInt8, named name: String) throws(CodingError) -> Head {
        let head = try head()
        guard head.major == major else { throw error("expected \(name)", at: head.start) }
        return head
    }

    /// The range of a byte string's or text's content, which is passed over.
    mutating func content(of head: Head) throws(CodingError) -> Range<Int> {
        guard head.argument <= UInt64(input.count - offset) else { throw truncated(at: head.start) }
        let start = offset
        offset += Int(head.argument)
        return start..<offset
    }

    mutating func text(of head: Head) throws(CodingError) -> String {
        let range = try content(of: head)
        guard let text = UTF8Validation.text(in: input, range) else { throw invalidUTF8(in: range) }
        return text
    }

    /// The number of elements, each at least `bytesPerElement` long, for which enough bytes are left.
    func count(of head: Head, bytesPerElement: Int) throws(CodingError) -> Int {
        guard head.argument <= UInt64((input.count - offset) / bytesPerElement) else {
            throw error("\(head.argument) elements announced, \(input.count - offset) bytes left", at: head.start)
        }
        return Int(head.argument)
    }

    /// The float whose head was read, if it is finite and has its shortest form.
    func float(of head: Head) throws(CodingError) -> Double {
        let number: Double
        let isShortest: Bool
        switch head.information {
        case 25:
            number = HalfPrecision.double(bitPattern: UInt16(truncatingIfNeeded: head.argument))
            isShortest = true
        case 26:
            let single = Float(bitPattern: UInt32(truncatingIfNeeded: head.argument))
            number = Double(single)
            isShortest = HalfPrecision.bitPattern(exactly: single) == nil
        default:
            number = Double(bitPattern: head.argument)
            isShortest = Double(Float(number)) != number
        }
        guard number.isFinite else { throw error("NaN and infinities are no answers", at: head.start) }
        guard isShortest else { throw error("longer float than the value needs", at: head.start) }
        guard case .number = Value(number) else { throw error("a whole number written as float", at: head.start) }
        return number
    }

    func invalidUTF8(in range: Range<Int>) -> CodingError {
        error("invalid UTF-8", at: UTF8Validation.firstInvalid(in: input, range) ?? range.lowerBound)
    }

    func truncated(at offset: Int) -> CodingError {
        error("the bytes end inside an item", at: offset)
    }

    func error(_ reason: String, at offset: Int) -> CodingError {
        CodingError(format: "CBOR", reason: reason, offset: offset)
    }
}
