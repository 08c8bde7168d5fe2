/// Everything that happened, as a hash that two runs of one tape must share, and as lines for who wants to read along.
struct Trace {
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    /// Called with each line as it comes.
    var listener: ((String) -> Void)?

    mutating func note(_ time: Int64, _ line: String) {
        mix(UInt64(bitPattern: time))
        mix(bytes: line.utf8)
        listener?("\(time) \(line)")
    }

    /// FNV-1a (RFC 9923): no secret, and fast.
    mutating func mix(bytes: some Sequence<UInt8>) {
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    private mutating func mix(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { mix(bytes: $0) }
    }
}
