/// Concise Binary Object Representation, RFC 8949, in the deterministic encoding of its section 4.2.1: shortest integers
/// and floats, definite lengths, map keys sorted bytewise by their encoded form. One rule is added so that a number has
/// one form only: a whole number within ±2⁵³ is an integer, never a float.
///
/// For everything that `decode` accepts, `encode(decode(bytes)) == bytes`.
package enum CBOR {
    package static func encode(_ value: Value) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64)
        writer.value(value)
        return writer.bytes
    }

    /// Reads exactly one item.
    ///
    /// - Parameter maximumDepth: lists, maps and tags may nest this deep.
    /// - Throws: `CodingError` when the bytes are truncated, not well-formed, not deterministic, too deep, or go on after
    ///   the item.
    package static func decode(_ bytes: [UInt8], maximumDepth: Int = 32) throws(CodingError) -> Value {
        var reader = CBORReader(bytes, maximumDepth: maximumDepth)
        let value = try reader.value()
        try reader.finish()
        return value
    }

    /// The eight major types of RFC 8949, section 3.1.
    enum MajorType {
        static let unsigned: UInt8 = 0
        static let negative: UInt8 = 1
        static let bytes: UInt8 = 2
        static let text: UInt8 = 3
        static let array: UInt8 = 4
        static let map: UInt8 = 5
        static let tag: UInt8 = 6
        static let simple: UInt8 = 7
    }
}
