import CanvassCoding
import Testing

@Suite struct SipHashTests {
    /// The reference vectors for the key 00 01 … 0f and the messages 00 01 …, of 0 to 15 bytes; the last one is also worked
    /// through in appendix A of the paper. Bytes as the reference prints them, least significant first.
    static let vectors = [
        "310e0edd47db6f72", "fd67dc93c539f874", "5a4fa9d909806c0d", "2d7efbd796666785", "b7877127e09427cf",
        "8da699cd64557618", "cee3fe586e46c9cb", "37d1018bf50002ab", "6224939a79f5f593", "b0e4a90bdf82009e",
        "f3b9dd94c5bb5d7a", "a7ad6b22462fb3f4", "fbe50e86bc8f1e75", "903d84c02756ea14", "eef27a8e90ca23f7",
        "e545be4961ca29a1",
    ]

    @Test(arguments: vectors.indices)
    func `the reference vectors hold`(_ length: Int) {
        let message = (0..<length).map { UInt8($0) }
        let hash = SipHash.hash(message, key: (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908))
        #expect(withUnsafeBytes(of: hash.littleEndian) { Array($0) } == hex(Self.vectors[length]))
    }

    @Test func `the key and every byte count`() {
        let message = [UInt8](repeating: 0, count: 20)
        let hash = SipHash.hash(message)
        #expect(hash == SipHash.hash(message, key: (0, 0)))
        #expect(hash != SipHash.hash(message, key: (1, 0)))
        #expect(hash != SipHash.hash(message, key: (0, 1)))
        for index in message.indices {
            var changed = message
            changed[index] = 1
            #expect(SipHash.hash(changed) != hash)
        }
        #expect(SipHash.hash(message + [0]) != hash)
    }

    @Test func `an unaligned slice hashes as its bytes`() {
        let message = (0..<40).map { UInt8($0) }
        let hash = message.withUnsafeBytes { SipHash.hash(UnsafeRawBufferPointer(rebasing: $0[3...])) }
        #expect(hash == SipHash.hash(Array(message[3...])))
    }
}
