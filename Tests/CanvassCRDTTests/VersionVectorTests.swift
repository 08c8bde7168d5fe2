import CanvassCRDT
import CanvassCoding
import TestSupport
import Testing

@Suite struct VersionVectorTests {
    private static let first = ReplicaID(rawValue: 1)
    private static let second = ReplicaID(rawValue: 2)

    private func random(_ random: inout SplitMix64) -> VersionVector {
        var vector = VersionVector()
        for _ in 0..<(random.next() % 5) {
            vector[ReplicaID(rawValue: random.next() >> 61)] = (0...(random.next() % 3)).map { _ in
                .init(sequence: 1 + random.next() >> UInt64(1 + random.next() % 63), check: random.next())
            }
        }
        return vector
    }

    @Test func `encodings read back, and equal vectors have equal bytes`() throws {
        var generator = SplitMix64.forTest(#function)
        for _ in 0..<500 {
            let vector = random(&generator)
            let bytes = vector.encodedBytes
            #expect(try VersionVector.decoding(bytes) == vector)
            var other = VersionVector()
            for replica in vector.replicas.shuffled(using: &generator) {
                other[replica] = vector[replica].shuffled(using: &generator)
            }
            #expect(other.encodedBytes == bytes)
            for count in bytes.indices {
                #expect(throws: CodingError.self) { try VersionVector.decoding(Array(bytes[..<count])) }
            }
        }
    }

    @Test func `what is decoded after a flip is written again as it came`() throws {
        var generator = SplitMix64.forTest(#function)
        for _ in 0..<50 {
            let bytes = random(&generator).encodedBytes
            for index in bytes.indices {
                var damaged = bytes
                damaged[index] ^= UInt8(truncatingIfNeeded: generator.next() | 1)
                guard let vector = try? VersionVector.decoding(damaged) else { continue }
                #expect(vector.encodedBytes == damaged)
            }
        }
    }

    @Test(arguments: [
        ("a replica without a tip", "81814800000000000000 01"),
        ("a tip without a check", "818248000000000000000101"),
        ("sequence number 0", "81834800000000000000010048aabbccddeeff0011"),
        ("a sequence number beyond 63 bits", "8183480000000000000001 1b8000000000000000 48aabbccddeeff0011"),
        ("a check of seven bytes", "81834800000000000000010147aabbccddeeff00"),
        ("a replica of seven bytes", "818347000000000000010148aabbccddeeff0011"),
        (
            "replicas out of order",
            "82834800000000000000020148aabbccddeeff0011834800000000000000010148aabbccddeeff0011"
        ),
        (
            "a replica twice",
            "82834800000000000000010148aabbccddeeff0011834800000000000000010248aabbccddeeff0011"
        ),
        ("a tip twice", "81854800000000000000010148aabbccddeeff00110148aabbccddeeff0011"),
        ("tips out of order", "81854800000000000000010248aabbccddeeff00110148aabbccddeeff0011"),
        ("more replicas than bytes", "9bffffffffffffffff"),
        ("a longer form than needed", "980183480000000000000001014800000000000000 01"),
    ])
    func `only the one encoding is read`(fault: String, digits: String) {
        #expect(throws: CodingError.self, "\(fault)") {
            try VersionVector.decoding(hex(digits.filter { $0 != " " }))
        }
    }

    @Test func `a tip moves along its branch and a fork has two`() {
        var vector = VersionVector()
        func dot(_ sequence: UInt64, _ check: UInt64) -> Dot {
            Dot(replica: VersionVectorTests.first, sequence: sequence, check: check)
        }
        vector.advance(to: dot(1, 10), after: 0)
        vector.advance(to: dot(2, 20), after: 10)
        #expect(vector.dots == [dot(2, 20)])
        vector.advance(to: dot(2, 21), after: 10)
        #expect(vector.dots == [dot(2, 20), dot(2, 21)])
        vector.advance(to: dot(3, 30), after: 21)
        #expect(vector.dots == [dot(2, 20), dot(3, 30)])
        vector.advance(to: dot(3, 30), after: 21)
        #expect(vector.dots == [dot(2, 20), dot(3, 30)])
    }

    @Test func `a difference applied to the earlier vector gives the later one`() {
        var generator = SplitMix64.forTest(#function)
        for _ in 0..<500 {
            let earlier = random(&generator)
            var later = earlier
            for _ in 0..<(generator.next() % 4) {
                let dot = Dot(
                    replica: ReplicaID(rawValue: generator.next() >> 61), sequence: 1 + generator.next() % 100,
                    check: generator.next())
                let after = later[dot.replica].randomElement(using: &generator)?.check ?? 0
                later.advance(to: dot, after: after)
            }
            var rebuilt = earlier
            rebuilt.apply(later.difference(from: earlier))
            #expect(rebuilt == later)
        }
    }

    @Test func `a vector without tips of a replica does not list it`() {
        var vector = VersionVector()
        vector[VersionVectorTests.second] = [.init(sequence: 1, check: 1)]
        vector[VersionVectorTests.second] = []
        #expect(vector.isEmpty)
        #expect(vector.encodedBytes == [0x80])
    }
}
