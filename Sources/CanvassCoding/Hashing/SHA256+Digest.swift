extension SHA256 {
    /// The 32 bytes of a SHA-256, held in place without a heap allocation.
    public struct Digest: Hashable, Sendable {
        /// The bytes as four big-endian words, the first bytes in the first word.
        public var words: (UInt64, UInt64, UInt64, UInt64)

        public init(words: (UInt64, UInt64, UInt64, UInt64)) {
            self.words = words
        }

        public var bytes: [UInt8] { bytes(count: 32) }

        /// The first 16 bytes, as the chain hash and the seals use them.
        public var prefix16: [UInt8] { bytes(count: 16) }

        public static func == (left: Digest, right: Digest) -> Bool { left.words == right.words }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(words.0)
            hasher.combine(words.1)
            hasher.combine(words.2)
            hasher.combine(words.3)
        }

        private func bytes(count: Int) -> [UInt8] {
            let bigEndian = (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
            return withUnsafeBytes(of: bigEndian) { Array($0[..<count]) }
        }
    }
}
