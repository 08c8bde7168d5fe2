/// Appends CBOR items in their deterministic encoding (RFC 8949, section 4.2.1).
///
/// The caller of `array(count:)` and `map(count:)` writes the announced elements itself, and the keys of a map in the
/// order of their encoded bytes; `value(_:)` does so on its own.
package struct CBORWriter {
    package private(set) var bytes: [UInt8] = []

    package init(reservingCapacity capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    package mutating func unsigned(_ number: UInt64) {
        head(CBOR.MajorType.unsigned, number)
    }

    package mutating func integer(_ number: Int64) {
        if number >= 0 {
            head(CBOR.MajorType.unsigned, UInt64(bitPattern: number))
        } else {
            head(CBOR.MajorType.negative, UInt64(bitPattern: ~number))
        }
    }

    package mutating func bytes(_ content: [UInt8]) {
        head(CBOR.MajorType.bytes, UInt64(content.count))
        self.bytes.append(contentsOf: content)
    }

    package mutating func bytes(_ content: some Collection<UInt8>) {
        head(CBOR.MajorType.bytes, UInt64(content.count))
        self.bytes.append(contentsOf: content)
    }

    package mutating func text(_ content: String) {
        var content = content
        content.withUTF8 { utf8 in
            head(CBOR.MajorType.text, UInt64(utf8.count))
            self.bytes.append(contentsOf: utf8)
        }
    }

    /// The head of an array whose `count` elements follow.
    package mutating func array(count: Int) {
        precondition(count >= 0, "an array has no negative count")
        head(CBOR.MajorType.array, UInt64(count))
    }

    /// The head of a map whose `count` pairs of key and value follow, sorted by the encoded key.
    package mutating func map(count: Int) {
        precondition(count >= 0, "a map has no negative count")
        head(CBOR.MajorType.map, UInt64(count))
    }

    /// Items, each by `encode`, in the order of their encoded bytes.
    package mutating func sorted<Item>(_ items: [Item], _ encode: (Item, inout CBORWriter) -> Void) {
        let start = bytes.count
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(items.count)
        var isSorted = true
        for item in items {
            let first = bytes.count
            encode(item, &self)
            let encoding = first..<bytes.count
            if let last = ranges.last { isSorted = isSorted && !precedes(encoding, last) }
            ranges.append(encoding)
        }
        guard !isSorted else { return }
        ranges.sort { precedes($0, $1) }
        let items = bytes
        bytes.removeSubrange(start...)
        for range in ranges { bytes.append(contentsOf: items[range]) }
    }

    private func precedes(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        bytes[left].lexicographicallyPrecedes(bytes[right])
    }

    package mutating func bool(_ value: Bool) {
        self.bytes.append(value ? 0xF5 : 0xF4)
    }

    package mutating func null() {
        self.bytes.append(0xF6)
    }

    /// A number in the one form that `Value.init(_: Double)` gives it: whole numbers within ±2⁵³ as integers, NaN and
    /// infinities as null, everything else as the shortest float that keeps it.
    package mutating func number(_ number: Double) {
        switch Value(number) {
        case .integer(let whole): integer(whole)
        case .number(let fraction): float(fraction)
        default: null()
        }
    }

    package mutating func value(_ value: Value) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .number(let value): number(value)
        case .text(let value): text(value)
        case .bytes(let value): bytes(value)
        case .list(let values):
            array(count: values.count)
            for element in values { self.value(element) }
        case .map(let members): map(members)
        case .foreign(let item): raw(item)
        }
    }

    /// Bytes that already are deterministic CBOR.
    package mutating func raw(_ items: [UInt8]) {
        self.bytes.append(contentsOf: items)
    }

    /// The shortest of binary16, binary32 and binary64 that keeps the value (RFC 8949, section 4.2.1 and appendix B).
    mutating func float(_ number: Double) {
        let single = Float(number)
        if number.isNaN {
            fixed(0xF9, 0x7E00 as UInt16)
        } else if Double(single) != number {
            fixed(0xFB, number.bitPattern)
        } else if let half = HalfPrecision.bitPattern(exactly: single) {
            fixed(0xF9, half)
        } else {
            fixed(0xFA, single.bitPattern)
        }
    }

    private mutating func map(_ members: [Value.Member]) {
        let isSorted = members.indices.dropFirst().allSatisfy {
            members[$0 - 1].key.encodedOrder(members[$0].key) < 0
        }
        let members = isSorted ? members : Self.sorted(members)
        map(count: members.count)
        for member in members {
            text(member.key)
            value(member.value)
        }
    }

    /// Of equal keys the first counts, as it does for `Value.subscript`.
    private static func sorted(_ members: [Value.Member]) -> [Value.Member] {
        let order = members.indices.sorted {
            let order = members[$0].key.encodedOrder(members[$1].key)
            return order == 0 ? $0 < $1 : order < 0
        }
        var sorted: [Value.Member] = []
        sorted.reserveCapacity(order.count)
        for index in order where sorted.last?.key.encodedOrder(members[index].key) != 0 {
            sorted.append(members[index])
        }
        return sorted
    }

    /// The initial byte and the shortest form of the argument (RFC 8949, section 3).
    private mutating func head(_ major: UInt8, _ argument: UInt64) {
        let initial = major << 5
        switch argument {
        case 0...23:
            self.bytes.append(initial | UInt8(truncatingIfNeeded: argument))
        case 24...0xFF:
            self.bytes.append(initial | 24)
            self.bytes.append(UInt8(truncatingIfNeeded: argument))
        case 0x100...0xFFFF:
            fixed(initial | 25, UInt16(truncatingIfNeeded: argument))
        case 0x1_0000...0xFFFF_FFFF:
            fixed(initial | 26, UInt32(truncatingIfNeeded: argument))
        default:
            fixed(initial | 27, argument)
        }
    }

    @inline(__always)
    private mutating func fixed<Number: FixedWidthInteger>(_ initial: UInt8, _ number: Number) {
        self.bytes.append(initial)
        withUnsafeBytes(of: number.bigEndian) { self.bytes.append(contentsOf: $0) }
    }
}

extension String {
    /// Negative, zero or positive as this string's CBOR encoding sorts before, with or after the other's. The head of a
    /// text grows with its length, so shorter texts sort first and only equal lengths compare byte by byte.
    fileprivate func encodedOrder(_ other: String) -> Int {
        let difference = utf8.count - other.utf8.count
        if difference != 0 { return difference }
        var (left, right) = (self, other)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                var index = 0
                while index < left.count, left[index] == right[index] { index += 1 }
                return index < left.count ? Int(left[index]) - Int(right[index]) : 0
            }
        }
    }
}
