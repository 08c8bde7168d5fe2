package import CanvassCoding

/// One SQLite file with one writer identity at a time: 64 random bits, written as 13 Crockford base32 characters.
public struct ReplicaID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let rawValue: UInt64

    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Draws a new identity from the caller's generator.
    public init(using generator: inout some RandomNumberGenerator) {
        rawValue = generator.next()
    }

    public static func < (left: ReplicaID, right: ReplicaID) -> Bool { left.rawValue < right.rawValue }

    public var description: String { Base32.encode(rawValue) }
}

extension ReplicaID {
    /// Eight bytes, big-endian: their order is the order of the identifiers.
    package var bytes: [UInt8] { bigEndianBytes(rawValue) }

    package init(bytes: [UInt8]) throws(CodingError) {
        guard bytes.count == 8 else {
            throw CodingError(format: "replica", reason: "expected 8 bytes, found \(bytes.count)", offset: 0)
        }
        rawValue = bigEndianInteger(bytes)
    }
}

/// The eight bytes of `value`, most significant first.
package func bigEndianBytes(_ value: UInt64) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
}

/// The integer that up to eight bytes spell, most significant first.
package func bigEndianInteger(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
}
