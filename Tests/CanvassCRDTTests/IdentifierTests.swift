import CanvassCRDT
import CanvassCoding
import TestSupport
import Testing

@Suite struct EntityIDTests {
    @Test func `bytes and text read back`() throws {
        var random = SplitMix64.forTest(#function)
        for _ in 0..<500 {
            let id = EntityID(milliseconds: Int64(random.next() >> 16), using: &random)
            #expect(try EntityID(bytes: id.bytes) == id)
            #expect(try EntityID(text: id.description) == id)
            #expect(id.description.utf8.count == 26)
        }
        #expect(try EntityID(bytes: (0..<16).map { UInt8($0) }).description == "00041061050R3GG28A1C60T3GF")
    }

    @Test func `the layout is that of UUID version 7`() {
        var random = SplitMix64(seed: 1)
        for milliseconds in [0, 1, 1_700_000_000_000, 0xFFFF_FFFF_FFFF] as [Int64] {
            let id = EntityID(milliseconds: milliseconds, using: &random)
            #expect(id.milliseconds == milliseconds)
            #expect(id.bytes[6] >> 4 == 7)
            #expect(id.bytes[8] >> 6 == 0b10)
        }
    }

    @Test(arguments: [Int64.min, -1, .max])
    func `a clock outside the layout makes an id all the same`(milliseconds: Int64) throws {
        var random = SplitMix64(seed: 2)
        let id = EntityID(milliseconds: milliseconds, using: &random)
        #expect(id.milliseconds == (milliseconds < 0 ? 0 : 0xFFFF_FFFF_FFFF))
        #expect(try EntityID(bytes: id.bytes) == id)
    }

    @Test func `bytes and text sort as the ids do`() throws {
        var random = SplitMix64.forTest(#function)
        for _ in 0..<500 {
            let left = EntityID(milliseconds: Int64(random.next() >> 56), using: &random)
            let right = EntityID(milliseconds: Int64(random.next() >> 56), using: &random)
            #expect((left < right) == left.bytes.lexicographicallyPrecedes(right.bytes))
            #expect((left < right) == (left.description < right.description))
        }
    }

    @Test(arguments: [0, 15, 17]) func `another length is refused`(count: Int) {
        #expect(throws: CodingError.self) { try EntityID(bytes: Array(repeating: 0, count: count)) }
    }
}

@Suite struct ReplicaIDTests {
    @Test func `bytes read back and sort as the ids do`() throws {
        var random = SplitMix64.forTest(#function)
        for _ in 0..<500 {
            let left = ReplicaID(using: &random)
            let right = ReplicaID(using: &random)
            #expect(try ReplicaID(bytes: left.bytes) == left)
            #expect((left < right) == left.bytes.lexicographicallyPrecedes(right.bytes))
        }
        #expect(Golden.replica.description == "128HK8HAPCXW8")
        #expect(throws: CodingError.self) { try ReplicaID(bytes: [1, 2, 3]) }
    }
}

@Suite struct ScopeIDTests {
    @Test(arguments: ScopeKind.allCases) func `bytes read back`(kind: ScopeKind) throws {
        let scope = ScopeID(kind, .sample(7))
        #expect(scope.bytes.count == 17)
        #expect(try ScopeID(bytes: scope.bytes) == scope)
        #expect(scope.description == "\(kind.name)/\(scope.id)")
    }

    @Test func `scopes sort by kind and then by id, as their bytes do`() {
        let scopes = ScopeKind.allCases.flatMap { [ScopeID($0, .sample(1)), ScopeID($0, .sample(2))] }
        #expect(scopes.shuffled().sorted() == scopes)
        for (left, right) in zip(scopes, scopes.dropFirst()) {
            #expect(left.bytes.lexicographicallyPrecedes(right.bytes))
        }
    }

    @Test(arguments: [[], [0], [5] + EntityID.sample(1).bytes, [1] + EntityID.sample(1).bytes + [0]])
    func `an unknown kind or another length is refused`(bytes: [UInt8]) {
        #expect(throws: CodingError.self) { try ScopeID(bytes: bytes) }
    }
}

@Suite struct DotTests {
    @Test func `bytes read back and sort as the dots do`() throws {
        var random = SplitMix64.forTest(#function)
        func dot() -> Dot {
            Dot(
                replica: ReplicaID(rawValue: random.next() >> 62), sequence: random.next() >> 61,
                check: random.next() >> UInt64(random.next() % 64))
        }
        for _ in 0..<1_000 {
            let (left, right) = (dot(), dot())
            #expect(try Dot(bytes: left.bytes) == left)
            #expect((left < right) == left.bytes.lexicographicallyPrecedes(right.bytes))
        }
        #expect(throws: CodingError.self) { try Dot(bytes: Array(repeating: 0, count: 23)) }
    }
}

@Suite struct StampTests {
    @Test func `the clock counts, but only where it is later than everything replaced`() {
        let replaced = [Stamp(milliseconds: 5), Stamp(milliseconds: 90)]
        #expect(Stamp(clockMilliseconds: 100, replacing: []).milliseconds == 100)
        #expect(Stamp(clockMilliseconds: 100, replacing: replaced).milliseconds == 100)
        #expect(Stamp(clockMilliseconds: 90, replacing: replaced).milliseconds == 91)
        #expect(Stamp(clockMilliseconds: .min, replacing: replaced).milliseconds == 91)
        #expect(Stamp(clockMilliseconds: .min, replacing: []).milliseconds == .min)
    }

    @Test func `the last moment there is can still be edited`() {
        let last = Stamp(milliseconds: .max)
        #expect(Stamp(clockMilliseconds: 0, replacing: [last]) == last)
        #expect(Stamp(clockMilliseconds: .max, replacing: [last]) == last)
    }

    @Test(arguments: [
        (Int64.min, UInt64.max, Int64.max), (.min, 0, .min), (.min, 1 << 63, 0), (-1, 1, 0), (0, .max, .max),
        (.max, 1, .max), (.max - 1, 1, .max), (5, 7, 12),
    ])
    func `an offset is added over the whole range and saturates`(base: Int64, offset: UInt64, sum: Int64) {
        let operation = Operation(.put(1), field: "a", stampOffset: offset)
        #expect(operation.stamp(base: Stamp(milliseconds: base)).milliseconds == sum)
    }
}
