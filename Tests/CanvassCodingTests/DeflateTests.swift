import CanvassCoding
import Testing

@Suite struct DeflateTests {
    /// Longer than one chunk of output, and of both kinds: what shrinks and what does not.
    static let inputs: [[UInt8]] = [
        [], [0], Array("a field, a form, a field, a form".utf8), .init(repeating: 7, count: 300_000),
        {
            var random = SeededGenerator(seed: 1)
            return random.bytes(count: 200_000)
        }(),
    ]

    @Test(arguments: inputs.indices, [0, 1, 6, 9] as [Int32])
    func `bytes survive at every level`(_ index: Int, _ level: Int32) throws {
        let bytes = Self.inputs[index]
        let packed = try Deflate.compress(bytes, level: level)
        #expect(try Deflate.decompress(packed, maximumBytes: bytes.count) == bytes)
    }

    @Test func `repetition shrinks`() throws {
        #expect(try Deflate.compress(.init(repeating: 7, count: 300_000)).count < 1_000)
    }

    /// RFC 1951, sections 3.2.4 and 3.2.6: a stored block, and the empty block of fixed codes.
    @Test(arguments: [("01 0300 fcff 616263", "616263"), ("0300", ""), ("4b4c4a0600", "616263")])
    func `raw blocks are read`(_ example: (packed: String, bytes: String)) throws {
        #expect(try Deflate.decompress(hex(example.packed), maximumBytes: 3) == hex(example.bytes))
    }

    @Test func `output stops at the cap`() throws {
        let bomb = try Deflate.compress(.init(repeating: 0, count: 10_000_000), level: 9)
        #expect(bomb.count < 20_000)
        for cap in [0, 1, 65_535, 65_536, 1_000_000, 9_999_999] {
            let error = #expect(throws: CodingError.self) { try Deflate.decompress(bomb, maximumBytes: cap) }
            #expect(error?.reason.contains("allowed \(cap) bytes") == true)
        }
        #expect(try Deflate.decompress(bomb, maximumBytes: 10_000_000).count == 10_000_000)
    }

    @Test func `every truncation is refused`() throws {
        let packed = try Deflate.compress(Self.inputs[2])
        for count in packed.indices {
            let error = #expect(throws: CodingError.self) {
                try Deflate.decompress(Array(packed[..<count]), maximumBytes: 100)
            }
            #expect(error?.reason == "the data end too early")
        }
    }

    @Test func `bytes after the end are refused`() throws {
        let packed = try Deflate.compress(Self.inputs[2])
        let error = #expect(throws: CodingError.self) { try Deflate.decompress(packed + [0], maximumBytes: 100) }
        #expect(error?.offset == packed.count)
    }

    /// A reserved block type, a stored block whose lengths disagree, a distance before the start, a zlib header.
    @Test(arguments: ["07", "01 0300 fcfe 616263", "030200", "789c 4b4c4a0600 024d0127"])
    func `corrupt data are refused`(_ packed: String) {
        #expect(throws: CodingError.self) { try Deflate.decompress(hex(packed), maximumBytes: 100) }
    }

    @Test func `random damage never traps nor passes the cap`() {
        let seed = newSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let bytes = random.bytes(count: random.below(60))
            if let output = try? Deflate.decompress(bytes, maximumBytes: 500) {
                #expect(output.count <= 500, "seed \(seed)")
            }
        }
    }

    /// The check value of the catalogue of CRC algorithms.
    @Test func `the check value of CRC-32 holds`() {
        #expect(Deflate.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(Deflate.crc32([]) == 0)
    }
}
