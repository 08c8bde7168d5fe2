import CanvassCRDT
import CanvassCoding

/// A place in the relay's log that names the history up to it: 8 bytes of position, big-endian, then the 16 bytes of the
/// rolling hash. Clients hand it back as it came.
///
/// r(0) is 16 zero bytes, r(n) the first 16 bytes of SHA-256(r(n−1) ‖ scope ‖ replica ‖ chain hash after) for the n-th
/// segment.
struct Bookmark: Hashable {
    let position: Int64
    let rollingHash: [UInt8]

    /// Before the first segment.
    static let start = Bookmark(position: 0, rollingHash: [UInt8](repeating: 0, count: 16))

    init(position: Int64, rollingHash: [UInt8]) {
        self.position = position
        self.rollingHash = rollingHash
    }

    /// Nil for bytes that no relay has handed out.
    init?(bytes: [UInt8]) {
        guard bytes.count == 24, let position = Int64(exactly: bigEndianInteger(bytes[..<8])) else { return nil }
        self.init(position: position, rollingHash: Array(bytes[8...]))
    }

    var bytes: [UInt8] { bigEndianBytes(UInt64(bitPattern: position)) + rollingHash }

    /// The bookmark after one more segment that ends at `position`.
    func next(position: Int64, scope: ScopeID, replica: ReplicaID, after: ChainHash) -> Bookmark {
        let digest = SHA256.digest(of: rollingHash + scope.bytes + replica.bytes + after.bytes)
        return Bookmark(position: position, rollingHash: digest.prefix16)
    }
}
