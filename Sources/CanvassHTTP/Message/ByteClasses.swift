/// Byte classes of the HTTP grammar. RFC 9110 section 5.6.2 (tchar) and 5.5 (field-value), RFC 3986 section 3.
extension UInt8 {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")

    var isDigit: Bool { self >= 0x30 && self <= 0x39 }

    var isLetter: Bool {
        let lower = self | 0x20
        return lower >= 0x61 && lower <= 0x7A
    }

    var isHexDigit: Bool {
        let lower = self | 0x20
        return isDigit || (lower >= 0x61 && lower <= 0x66)
    }

    /// `tchar`: what a method and a field name are made of.
    var isTokenCharacter: Bool {
        if isLetter || isDigit { return true }
        switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            return true
        default: return false
        }
    }

    /// VCHAR, obs-text, space or tab: everything but control characters.
    var isFieldValueCharacter: Bool { (self >= 0x20 && self != 0x7F) || self == .tab }

    /// `unreserved` or `sub-delims`, the characters that stand for themselves anywhere in a URI.
    var isPlainURICharacter: Bool {
        if isLetter || isDigit { return true }
        switch self {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "!"),
            UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="):
            return true
        default: return false
        }
    }

    /// Allowed in an origin-form target, percent signs aside.
    var isTargetCharacter: Bool {
        isPlainURICharacter || self == UInt8(ascii: "/") || self == UInt8(ascii: "?") || self == UInt8(ascii: ":")
            || self == UInt8(ascii: "@")
    }

    /// ASCII letters in lower case, everything else as it is.
    var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}

extension Span<UInt8> {
    /// Compares without regard to the case of ASCII letters; `name` is written in lower case.
    func equalsIgnoringCase(_ name: StaticString) -> Bool {
        let expected = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        guard count == expected.count else { return false }
        for index in indices where self[index].lowercased != expected[index] { return false }
        return true
    }

    /// Where the first LF at or after `start` stands; the count when there is none.
    func firstLineFeed(from start: Int) -> Int {
        var index = start
        while index < count, self[index] != .lineFeed { index += 1 }
        return index
    }

    /// The text of these bytes; bytes that are no UTF-8 become U+FFFD.
    var text: String { withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }
}

extension [UInt8] {
    package mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(_ bytes: borrowing Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }

    /// Appends `number`, which is not negative, in decimal.
    mutating func append(decimal number: Int) {
        precondition(number >= 0, "only lengths and statuses are written")
        if number >= 10 { append(decimal: number / 10) }
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}
