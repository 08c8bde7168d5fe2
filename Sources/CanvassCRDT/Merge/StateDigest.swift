import CanvassCoding

/// The digest of a scope's merged state (rule 11): the sum modulo 2⁶⁴ of one SipHash-2-4 (key 0) for each version of each
/// cell, living `alive` cells included, and for each unknown operation. A sum, so that it is kept up to date as changes
/// apply, in any order; equal version vectors must mean equal digests.
public struct StateDigest: Sendable, Hashable, CustomStringConvertible {
    public private(set) var rawValue: UInt64

    public init(rawValue: UInt64 = 0) {
        self.rawValue = rawValue
    }

    /// Sixteen hexadecimal digits.
    public var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension StateDigest {
    mutating func update(entity: EntityID, field: String, element: Value?, removed: [Version], added: Version?) {
        for version in removed { rawValue &-= StateDigest.hash(entity, field, element, version) }
        if let added { rawValue &+= StateDigest.hash(entity, field, element, added) }
    }

    mutating func addUnknown(_ operation: [UInt8], entity: EntityID, dot: Dot) {
        var writer = CBORWriter(reservingCapacity: 64 + operation.count)
        writer.array(count: 3)
        writer.bytes(entity.bytes)
        writer.bytes(dot.bytes)
        writer.raw(operation)
        rawValue &+= SipHash.hash(writer.bytes)
    }

    /// SipHash of the canonical CBOR of `[entity, field, element or null, value, stamp, dot]`.
    private static func hash(_ entity: EntityID, _ field: String, _ element: Value?, _ version: Version) -> UInt64 {
        var writer = CBORWriter(reservingCapacity: 96)
        writer.array(count: 6)
        writer.bytes(entity.bytes)
        writer.text(field)
        writer.value(element ?? .null)
        writer.value(version.value)
        writer.integer(version.stamp.milliseconds)
        writer.bytes(version.dot.bytes)
        return SipHash.hash(writer.bytes)
    }
}
