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
    /// The few keys that choice codes are, packed into a word each: searching these costs a tenth of hashing. 0 stands
    /// for none, as no packed key is 0.
    private var recent = [(packed: UInt64, number: Int)](repeating: (0, 0), count: 64)

    /// The number of a key that is known.
    mutating func number(of key: String) -> Int? {
        let packed = KeyIndex.pack(key)
        let slot = KeyIndex.slot(of: packed)
        if packed != 0, recent[slot].packed == packed { return recent[slot].number }
        guard let number = numbers[Key(text: key)] else { return nil }
        recent[slot] = (packed, number)
        return number
    }

    /// Numbers a key that is not known yet.
    mutating func insert(_ key: String) {
        numbers[Key(text: key)] = keys.count
        keys.append(key)
    }

    /// Up to seven bytes and their count in one word, which is different for every such key; 0 for a longer one.
    private static func pack(_ key: String) -> UInt64 {
        var packed: UInt64 = 0
        var count: UInt64 = 0
        for byte in key.utf8 {
            count += 1
            if count > 7 { return 0 }
            packed = packed << 8 | UInt64(byte)
        }
        return (count + 1) << 56 | packed
    }

    /// The upper bits of a product with 2⁶⁴ divided by the golden ratio, which spreads neighbouring codes.
    private static func slot(of packed: UInt64) -> Int {
        Int(truncatingIfNeeded: (packed &* 0x9E37_79B9_7F4A_7C15) >> 58)
    }
}
