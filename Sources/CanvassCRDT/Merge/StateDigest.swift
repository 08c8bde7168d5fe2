import CanvassCoding

/// The digest of a scope's merged state (rule 11): the sum modulo 2⁶⁴ of one SipHash-2-4 (key 0) for each version of each
/// cell, living `alive` cells included, for each mark and for each unknown operation. A sum, so that it is kept up to date as changes
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
    mutating func update(_ cell: CellName, removed: [Version], added: Version?) {
        #if PLANTED_BUGS
            let removed = planted(.digestKeepsRemoved) ? [] : removed
        #endif
        for version in removed { rawValue &-= StateDigest.hash(cell, version) }
        if let added { rawValue &+= StateDigest.hash(cell, added) }
    }

    /// The digest of a part of the scope joins that of the whole, or leaves it.
    package mutating func add(_ part: StateDigest) { rawValue &+= part.rawValue }

    package mutating func subtract(_ part: StateDigest) { rawValue &-= part.rawValue }

    /// Counts an operation that puts no version: a mark, or one of a later version.
    package mutating func add(_ operation: [UInt8], kind: String, entity: EntityID, dot: Dot) {
        var writer = CBORWriter(reservingCapacity: 80 + operation.count)
        writer.array(count: 4)
        writer.text(kind)
        writer.bytes(entity.bytes)
        writer.bytes(dot.bytes)
        writer.raw(operation)
        rawValue &+= SipHash.hash(writer.bytes)
    }

    /// SipHash of the canonical CBOR of `[kind, entity, field, elements, value, stamp, dot]`, where `elements` is an array
    /// of the element, empty for a plain field.
    private static func hash(_ cell: CellName, _ version: Version) -> UInt64 {
        var writer = CBORWriter(reservingCapacity: 112)
        writer.array(count: 7)
        writer.text(cell.kind)
        writer.bytes(cell.entity.bytes)
        writer.text(cell.field)
        writer.array(count: cell.element == nil ? 0 : 1)
        if let element = cell.element { writer.value(element) }
        writer.value(version.value)
        writer.integer(version.stamp.milliseconds)
        writer.bytes(version.dot.bytes)
        return SipHash.hash(writer.bytes)
    }
}

/// The name of a cell within its scope.
struct CellName: Hashable {
    let kind: String
    let entity: EntityID
    let field: String
    let element: Value?
}
