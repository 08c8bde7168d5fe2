package import CanvassCoding

/// The hash of a change and, through its predecessor's, of the whole chain behind it (rule 6): 16 bytes.
///
/// h(0) = SHA-256(scope ‖ replica), h(n) = SHA-256(h(n−1) ‖ SHA-256(head) ‖ SHA-256(body)), each cut to 16 bytes.
/// Because head and body are hashed apart, a body can be erased while the chain still verifies.
public struct ChainHash: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

extension ChainHash {
    package static let byteCount = 16

    package var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }

    package init(bytes: [UInt8]) throws(CodingError) {
        guard bytes.count == ChainHash.byteCount else {
            throw CodingError(format: "chain hash", reason: "expected 16 bytes, found \(bytes.count)", offset: 0)
        }
        self.init(high: bigEndianInteger(bytes[..<8]), low: bigEndianInteger(bytes[8...]))
    }

    /// The check of the dot whose change has this hash.
    package var check: UInt64 { high }

    /// h(0) of a replica in a scope.
    package static func start(scope: ScopeID, replica: ReplicaID) -> ChainHash {
        ChainHash(prefixOf: SHA256.digest(of: scope.bytes + replica.bytes))
    }

    /// h(n) after this one.
    package func next(headHash: SHA256.Digest, bodyHash: SHA256.Digest) -> ChainHash {
        ChainHash(prefixOf: SHA256.digest(of: bytes + headHash.bytes + bodyHash.bytes))
    }

    private init(prefixOf digest: SHA256.Digest) {
        self.init(high: digest.words.0, low: digest.words.1)
    }
}

extension SHA256.Digest {
    /// The digest with these 32 bytes; nil for another length.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        let words = stride(from: 0, to: 32, by: 8).map { bigEndianInteger(bytes[$0..<($0 + 8)]) }
        self.init(words: (words[0], words[1], words[2], words[3]))
    }
}
