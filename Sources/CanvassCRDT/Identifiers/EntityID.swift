public import CanvassCoding

/// The id of an entity, a member, a device or a campaign: 16 bytes in the layout of UUID version 7 (RFC 9562, section
/// 5.7), so that ids sort by the time they were made. Written as 26 Crockford base32 characters.
public struct EntityID: Hashable, Sendable, Comparable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new id.
    ///
    /// - Parameter milliseconds: the device's clock, since 1970. Only the order of index pages depends on it; two ids of
    ///   one millisecond differ in 74 random bits.
    public init(milliseconds: Int64, using generator: inout some RandomNumberGenerator) {
        self.init(milliseconds: milliseconds, random: (generator.next(), generator.next()))
    }

    /// An id with the given time and 74 of the given bits; for ids that must come out the same twice, from a keyed hash.
    package init(milliseconds: Int64, random: (UInt64, UInt64)) {
        let time = UInt64(clamping: milliseconds) & 0xFFFF_FFFF_FFFF
        high = time << 16 | 0x7000 | random.0 & 0x0FFF
        low = 0x8000_0000_0000_0000 | random.1 >> 2
    }

    /// The time part, milliseconds since 1970.
    public var milliseconds: Int64 { Int64(high >> 16) }

    public static func < (left: EntityID, right: EntityID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    public var description: String { Base32.encode16(bytes) }
}

extension EntityID {
    /// Sixteen bytes, big-endian.
    public var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }

    /// - Throws: `CodingError` unless there are exactly 16 bytes.
    public init(bytes: [UInt8]) throws(CodingError) {
        guard bytes.count == 16 else {
            throw CodingError(format: "id", reason: "expected 16 bytes, found \(bytes.count)", offset: 0)
        }
        high = bigEndianInteger(bytes[..<8])
        low = bigEndianInteger(bytes[8...])
    }

    /// Reads the 26 characters of `description`.
    public init(text: String) throws(CodingError) {
        try self.init(bytes: Base32.decode16(text))
    }
}
