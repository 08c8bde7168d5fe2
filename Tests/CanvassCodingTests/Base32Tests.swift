import CanvassCoding
import Testing

@Suite struct Base32Tests {
    /// The vectors of RFC 4648, section 10, in Crockford's alphabet.
    @Test(arguments: [
        ("", ""), ("f", "CR"), ("fo", "CSQG"), ("foo", "CSQPY"), ("foob", "CSQPYRG"), ("fooba", "CSQPYRK1"),
        ("foobar", "CSQPYRK1E8"),
    ])
    func `bytes read and write`(_ vector: (bytes: String, text: String)) throws {
        #expect(Base32.encode(Array(vector.bytes.utf8)) == vector.text)
        #expect(try Base32.decode(vector.text) == Array(vector.bytes.utf8))
    }

    @Test func `lower case and look-alikes are read`() throws {
        #expect(try Base32.decode("csqpyrkle8") == Array("foobar".utf8))
        #expect(try Base32.decode("CSQPYRKIE8") == Array("foobar".utf8))
        #expect(try Base32.decode("oOo0") == [0, 0])
        #expect(try Base32.decode("oooooooooOLiI", as: UInt64.self) == 0b00001_00001_00001)
    }

    @Test(arguments: [
        ("C", 1), ("CSQ", 3), ("CSQPYR", 6), ("CU", 1), ("C-", 1), ("C ", 1), ("CR=", 2), ("CZ", 1), ("CSQH", 3),
        ("é", 0),
        ("ＣＲ", 0),
    ])
    func `what no byte string encodes to is refused`(_ input: (text: String, offset: Int)) {
        let error = #expect(throws: CodingError.self) { try Base32.decode(input.text) }
        #expect(error?.offset == input.offset)
    }

    @Test(arguments: [
        (UInt64.min, "0000000000000"), (1, "0000000000001"), (32, "0000000000010"), (.max, "FZZZZZZZZZZZZ"),
        (0x0123_4567_89AB_CDEF, "028T5CY4TQKFF"),
    ])
    func `64 bits take 13 characters`(_ vector: (number: UInt64, text: String)) throws {
        #expect(Base32.encode(vector.number) == vector.text)
        #expect(try Base32.decode(vector.text, as: UInt64.self) == vector.number)
        #expect(try Base32.decode(vector.text.lowercased(), as: UInt64.self) == vector.number)
    }

    @Test(arguments: [
        (String(repeating: "00", count: 16), String(repeating: "0", count: 26)),
        (String(repeating: "ff", count: 16), "7" + String(repeating: "Z", count: 25)),
        // The example of the ULID specification.
        ("01563e3ab5d3d6764c61efb99302bd5b", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ])
    func `16 bytes take 26 characters`(_ vector: (bytes: String, text: String)) throws {
        #expect(Base32.encode16(hex(vector.bytes)) == vector.text)
        #expect(try Base32.decode16(vector.text) == hex(vector.bytes))
    }

    @Test(arguments: [
        "", "000000000000", "00000000000000", "G000000000000", "ZZZZZZZZZZZZZ", "000000000000U", "00000000000é",
    ])
    func `what no 64 bits encode to is refused`(_ text: String) {
        #expect(throws: CodingError.self) { try Base32.decode(text, as: UInt64.self) }
    }

    @Test(arguments: ["8" + String(repeating: "0", count: 25), String(repeating: "0", count: 25)])
    func `what no 16 bytes encode to is refused`(_ text: String) {
        #expect(throws: CodingError.self) { try Base32.decode16(text) }
    }

    @Test func `random bytes survive and sort as numbers do`() throws {
        let seed = newSeed()
        var random = SeededGenerator(seed: seed)
        for round in 0..<1_000 {
            let bytes = random.bytes(count: random.below(40))
            try #require(try Base32.decode(Base32.encode(bytes)) == bytes, "seed \(seed), round \(round)")
            let id = random.bytes(count: 16)
            try #require(try Base32.decode16(Base32.encode16(id)) == id, "seed \(seed), round \(round)")
            let (left, right) = (random.next(), random.next())
            try #require((Base32.encode(left) < Base32.encode(right)) == (left < right), "seed \(seed), round \(round)")
        }
    }
}
