import CanvassCoding
import Testing

@Suite struct Base64URLTests {
    /// RFC 4648, section 10, without padding; the last two show the characters that differ from base 64.
    @Test(arguments: [
        ("", ""), ("66", "Zg"), ("666f", "Zm8"), ("666f6f", "Zm9v"), ("666f6f62", "Zm9vYg"), ("666f6f6261", "Zm9vYmE"),
        ("666f6f626172", "Zm9vYmFy"), ("fbff", "-_8"), ("ffffff", "____"),
    ])
    func `the vectors of RFC 4648 hold`(_ vector: (bytes: String, text: String)) throws {
        #expect(Base64URL.encode(hex(vector.bytes)) == vector.text)
        #expect(try Base64URL.decode(vector.text) == hex(vector.bytes))
    }

    @Test(arguments: [
        ("Z", 1), ("Zm9vY", 5), ("Zg==", 2), ("Zh", 1), ("Zm9", 2), ("+_8", 0), ("-/8", 1), ("Zm 9v", 2), ("Zm9v\n", 4),
        ("é", 0),
    ])
    func `every other spelling is refused`(_ input: (text: String, offset: Int)) {
        let error = #expect(throws: CodingError.self) { try Base64URL.decode(input.text) }
        #expect(error?.offset == input.offset)
    }

    @Test func `random bytes survive`() throws {
        let seed = newSeed()
        var random = SeededGenerator(seed: seed)
        for round in 0..<500 {
            let bytes = random.bytes(count: random.below(60))
            try #require(try Base64URL.decode(Base64URL.encode(bytes)) == bytes, "seed \(seed), round \(round)")
        }
    }
}
