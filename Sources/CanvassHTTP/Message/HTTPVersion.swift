/// The versions of HTTP that are spoken.
package enum HTTPVersion: Sendable, Hashable {
    case http10
    case http11

    /// What came of reading `HTTP/1.1`.
    enum Reading {
        case version(HTTPVersion)
        /// Well written, but not spoken here.
        case other
        case none
    }

    /// `HTTP-name "/" DIGIT "." DIGIT` (RFC 9112 section 2.3).
    static func read(_ bytes: Span<UInt8>) -> Reading {
        guard bytes.count == 8, bytes[5].isDigit, bytes[6] == UInt8(ascii: "."), bytes[7].isDigit,
            bytes[0] == UInt8(ascii: "H"), bytes[1] == UInt8(ascii: "T"), bytes[2] == UInt8(ascii: "T"),
            bytes[3] == UInt8(ascii: "P"), bytes[4] == UInt8(ascii: "/")
        else { return .none }
        switch (bytes[5], bytes[7]) {
        case (UInt8(ascii: "1"), UInt8(ascii: "1")): return .version(.http11)
        case (UInt8(ascii: "1"), UInt8(ascii: "0")): return .version(.http10)
        default: return .other
        }
    }
}
