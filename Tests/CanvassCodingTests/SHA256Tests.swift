import CanvassCoding
import Testing

@Suite struct SHA256Tests {
    /// FIPS 180-4 examples and the short messages of NIST's validation suite (SHA256ShortMsg).
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("d3", "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"),
        ("616263", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c6a6b6c6d6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `the published examples hash as published`(_ example: (message: String, digest: String)) {
        #expect(SHA256.hash(hex(example.message)) == hex(example.digest))
    }

    @Test func `a million letters a hash as published`() {
        var hash = SHA256()
        let piece = [UInt8](repeating: 0x61, count: 1_000)
        for _ in 0..<1_000 { hash.update(piece) }
        #expect(hash.finalize() == hex("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"))
    }

    @Test func `pieces of any size hash as the whole`() {
        let message = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for length in 0...200 {
            let whole = SHA256.digest(of: Array(message[..<length]))
            for size in [1, 3, 63, 64, 65] {
                var hash = SHA256()
                for start in stride(from: 0, to: length, by: size) {
                    hash.update(Array(message[start..<min(start + size, length)]))
                }
                #expect(hash.digest() == whole, "\(length) bytes in pieces of \(size)")
            }
        }
    }

    @Test func `a digest gives its bytes, its prefix and its first word`() {
        let digest = SHA256.digest(of: Array("abc".utf8))
        #expect(digest.prefix16 == hex("ba7816bf8f01cfea414140de5dae2223"))
        #expect(digest.bytes.count == 32)
        #expect(SHA256.Digest(words: digest.words) == digest)
        #expect(Set([digest, SHA256.digest(of: [])]).count == 2)
    }

    @Test func `hashing goes on after a digest was taken`() {
        var hash = SHA256()
        hash.update(Array("a".utf8))
        let first = hash.digest()
        hash.update(Array("bc".utf8))
        #expect(first == SHA256.digest(of: Array("a".utf8)))
        #expect(hash.digest() == SHA256.digest(of: Array("abc".utf8)))
    }
}

@Suite struct HMACTests {
    /// RFC 4231, section 4: key, data, HMAC-SHA-256.
    static let vectors: [([UInt8], [UInt8], String)] = [
        (
            .init(repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            .init(repeating: 0xAA, count: 20), .init(repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(1...25), .init(repeating: 0xCD, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            .init(repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            .init(repeating: 0xAA, count: 131),
            Array(
                "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."
                    .utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test(arguments: vectors)
    func `the vectors of RFC 4231 hold`(_ vector: (key: [UInt8], message: [UInt8], digest: String)) {
        #expect(HMAC.sha256(key: vector.key, message: vector.message).bytes == hex(vector.digest))
    }

    /// Test case 5 of RFC 4231 publishes 128 bits only.
    @Test func `a truncated seal is the prefix of the whole`() {
        let seal = HMAC.sha256(key: .init(repeating: 0x0C, count: 20), message: Array("Test With Truncation".utf8))
        #expect(seal.prefix16 == hex("a3b6167473100ee06e0c796c2955552b"))
    }

    @Test func `seals compare by content and length`() {
        #expect(constantTimeEquals([], []))
        #expect(constantTimeEquals([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEquals([0, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEquals([1, 2], [1, 2, 3]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2, 3, 0]))
    }
}
