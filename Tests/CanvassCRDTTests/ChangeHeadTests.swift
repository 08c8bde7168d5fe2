import CanvassCRDT
import CanvassCoding
import Testing

@Suite struct ChangeHeadTests {
    @Test func `heads are encoded as the golden ones and read back`() throws {
        let author = try EntityID(bytes: Golden.authorBytes)
        let first = ChangeHead(
            contextDifference: VersionVector(), stamp: Stamp(milliseconds: 1_700_000_000_000), author: author)
        #expect(first.encoded == hex(Golden.firstHead))
        #expect(try ChangeHead(decoding: first.encoded) == first)
        var context = VersionVector()
        context[ReplicaID(rawValue: 1)] = [
            .init(sequence: 9, check: 2), .init(sequence: 3, check: 0xaabb_ccdd_eeff_0011),
        ]
        let second = ChangeHead(contextDifference: context, stamp: Stamp(milliseconds: -5), author: author)
        #expect(second.encoded == hex(Golden.secondHead))
        #expect(try ChangeHead(decoding: second.encoded) == second)
    }

    @Test(arguments: [Int64.min, -1, 0, .max]) func `any clock reads back`(milliseconds: Int64) throws {
        let head = ChangeHead(
            contextDifference: VersionVector(), stamp: Stamp(milliseconds: milliseconds), author: .sample(1))
        #expect(try ChangeHead(decoding: head.encoded) == head)
    }

    @Test func `every truncation and every appended byte is refused`() {
        let head = hex(Golden.secondHead)
        for count in head.indices {
            #expect(throws: CodingError.self) { try ChangeHead(decoding: Array(head[..<count])) }
        }
        #expect(throws: CodingError.self) { try ChangeHead(decoding: head + [0]) }
        #expect(throws: CodingError.self) { try ChangeHead(decoding: [0x84] + head.dropFirst() + [0]) }
    }

    @Test func `a flipped byte is refused or gives another head of the same form`() {
        let head = hex(Golden.secondHead)
        for index in head.indices {
            for mask in 1...UInt8.max {
                var damaged = head
                damaged[index] ^= mask
                guard let decoded = try? ChangeHead(decoding: damaged) else { continue }
                #expect(decoded.encoded == damaged)
            }
        }
    }
}
