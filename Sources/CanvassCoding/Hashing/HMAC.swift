/// Keyed-hash message authentication (RFC 2104).
package enum HMAC {
    /// HMAC-SHA-256. Compare what it returns with a claimed seal by `constantTimeEquals`.
    package static func sha256(key: [UInt8], message: [UInt8]) -> SHA256.Digest {
        let blockSize = 64
        let key = key.count > blockSize ? SHA256.hash(key) : key
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: blockSize) { pad in
            var inner = SHA256()
            inner.update(key, padding: pad, with: 0x36)
            inner.update(message)
            var outer = SHA256()
            outer.update(key, padding: pad, with: 0x5C)
            outer.update(inner.digest())
            return outer.digest()
        }
    }
}

/// Whether two byte strings are equal, in a time that depends on their lengths only: for seals and tokens, where the
/// time of an early exit would tell an attacker how many bytes were right.
package func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
}

extension SHA256 {
    /// Takes in the key, filled up with zeros to the size of `pad` and combined with `mask`.
    fileprivate mutating func update(_ key: [UInt8], padding pad: UnsafeMutableBufferPointer<UInt8>, with mask: UInt8) {
        pad.initialize(repeating: mask)
        for index in key.indices { pad[index] = key[index] ^ mask }
        update(UnsafeRawBufferPointer(pad))
    }

    fileprivate mutating func update(_ digest: Digest) {
        let words = digest.words
        let bigEndian = (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
        withUnsafeBytes(of: bigEndian) { update($0) }
    }
}
