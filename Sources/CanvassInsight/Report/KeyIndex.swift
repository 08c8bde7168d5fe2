/// Numbers the keys of a breakdown in the order they first appear.
///
/// Keys are told apart by their bytes, as everywhere in Canvass: two spellings that look alike are two groups on every
/// replica, where Swift's equality would show whichever came first.
struct KeyIndex {
    /// A string that equals another only byte by byte.
    private struct Key: Hashable {
        let text: String

        static func == (left: Key, right: Key) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

        /// What is equal in bytes is equal to `String` too and hashes alike.
        func hash(into hasher: inout Hasher) { hasher.combine(text) }
    }

    private(set) var keys: [String] = []
    private var numbers: [Key: Int] = [:]
    /// The keys seen last by fingerprint: finding one here costs a fraction of hashing it. No fingerprint is 0.
    private var recent = [(fingerprint: UInt64, number: Int)](repeating: (0, 0), count: 64)

    /// The number of a key that is known.
    mutating func number(of key: String) -> Int? {
        let fingerprint = KeyIndex.fingerprint(of: key)
        // The upper bits of a product with 2⁶⁴ divided by the golden ratio, which spreads neighbouring codes.
        let slot = Int(truncatingIfNeeded: (fingerprint &* 0x9E37_79B9_7F4A_7C15) >> 58)
        let candidate = recent[slot]
        if candidate.fingerprint == fingerprint,
            fingerprint < KeyIndex.leastOfLongKeys || Key(text: keys[candidate.number]) == Key(text: key)
        {
            return candidate.number
        }
        guard let number = numbers[Key(text: key)] else { return nil }
        recent[slot] = (fingerprint, number)
        return number
    }

    /// Numbers a key that is not known yet.
    mutating func insert(_ key: String) {
        numbers[Key(text: key)] = keys.count
        keys.append(key)
    }

    /// Fingerprints from here on belong to keys of eight bytes and more, which can share one.
    private static let leastOfLongKeys: UInt64 = 0xFF << 56

    /// A word that tells keys apart: up to seven bytes, as choice codes are, with their count, and so different for
    /// every such key; a hash (FNV-1a) of a longer one.
    private static func fingerprint(of key: String) -> UInt64 {
        var packed: UInt64 = 0
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var count: UInt64 = 0
        for byte in key.utf8 {
            count += 1
            packed = packed << 8 | UInt64(byte)
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return count <= 7 ? (count + 1) << 56 | packed : leastOfLongKeys | hash
    }
}
