/// SHA-256 (FIPS 180-4), in one go or piece by piece. Nothing is allocated on the heap until bytes are asked for.
///
///     var hash = SHA256()
///     hash.update(head)
///     hash.update(body)
///     let digest = hash.digest()
public struct SHA256: Sendable {
    /// Eight big-endian words: the bytes that wait for their block to fill up.
    private typealias Block = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

    private var state = State()
    private var block: Block = (0, 0, 0, 0, 0, 0, 0, 0)
    private var filled = 0
    private var byteCount: UInt64 = 0

    public init() {}

    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount &+= UInt64(bytes.count)
        var rest = bytes
        if filled > 0 {
            let taken = min(64 - filled, rest.count)
            fill(UnsafeRawBufferPointer(rebasing: rest[..<taken]))
            rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
            guard filled == 64 else { return }
            let full = block
            withUnsafeBytes(of: full) { state.compress($0) }
            filled = 0
        }
        let whole = rest.count & ~63
        state.compress(UnsafeRawBufferPointer(rebasing: rest[..<whole]))
        fill(UnsafeRawBufferPointer(rebasing: rest[whole...]))
    }

    /// The digest of everything so far; hashing can go on.
    public func digest() -> Digest {
        var state = state
        withUnsafeTemporaryAllocation(byteCount: 128, alignment: 16) { tail in
            // Padding (section 5.1.1): a one bit, zeros, and the length in bits as the last eight bytes of a block.
            tail.initializeMemory(as: UInt8.self, repeating: 0)
            withUnsafeBytes(of: block) { tail.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<filled])) }
            tail[filled] = 0x80
            let size = filled < 56 ? 64 : 128
            tail.storeBytes(of: (byteCount &* 8).bigEndian, toByteOffset: size - 8, as: UInt64.self)
            state.compress(UnsafeRawBufferPointer(rebasing: tail[..<size]))
        }
        return state.digest
    }

    /// The 32 bytes of `digest()`.
    public func finalize() -> [UInt8] { digest().bytes }

    public static func hash(_ bytes: [UInt8]) -> [UInt8] { digest(of: bytes).bytes }

    public static func digest(of bytes: [UInt8]) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.digest()
    }

    /// Appends bytes, no more than are missing, to the block.
    private mutating func fill(_ bytes: UnsafeRawBufferPointer) {
        let start = filled
        withUnsafeMutableBytes(of: &block) {
            UnsafeMutableRawBufferPointer(rebasing: $0[start...]).copyMemory(from: bytes)
        }
        filled += bytes.count
    }
}
