import CanvassHTTPServer

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An IPv4 or IPv6 address without a port. One of version 4 is the same whether it is written so or as part of version 6
/// (RFC 4291, section 2.5.5.2).
struct IPAddress: Hashable, Sendable {
    /// Sixteen bytes, the most significant first.
    private let high: UInt64
    private let low: UInt64

    private static let v4Prefix: UInt64 = 0xFFFF_0000_0000

    static let unknown = IPAddress(high: 0, low: 0)

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads "192.0.2.7" or "2001:db8::1".
    init?(_ text: String) {
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self.init(high: 0, low: IPAddress.v4Prefix | UInt64(UInt32(bigEndian: v4.s_addr)))
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            let (high, low) = withUnsafeBytes(of: v6) {
                ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
            self.init(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
        } else {
            return nil
        }
    }

    var isV4: Bool { high == 0 && low >> 32 == IPAddress.v4Prefix >> 32 }

    /// What one customer of a network has: a single address of version 4, the first 64 bits of version 6.
    var network: IPAddress { isV4 ? self : IPAddress(high: high, low: 0) }

    /// The first bits, out of 128, and zeros.
    func prefix(bits: Int) -> IPAddress {
        let highMask = bits >= 64 ? UInt64.max : ~(UInt64.max >> UInt64(bits))
        let lowMask = bits <= 64 ? 0 : bits >= 128 ? UInt64.max : ~(UInt64.max >> UInt64(bits - 64))
        return IPAddress(high: high & highMask, low: low & lowMask)
    }
}

extension IPAddress: CustomStringConvertible {
    /// As `init` reads it.
    var description: String {
        isV4
            ? HTTPAddress.text(AF_INET, UInt32(truncatingIfNeeded: low).bigEndian)
            : HTTPAddress.text(AF_INET6, (high.bigEndian, low.bigEndian))
    }
}

/// One address, or all that begin alike: "192.0.2.7", "10.0.0.0/8", "fd00::/8" (RFC 4632).
package struct AddressRange: Hashable, Sendable {
    private let start: IPAddress
    private let bits: Int

    /// - Returns: nil where the text is no such range.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
        let offset = address.isV4 && !first.contains(":") ? 96 : 0
        var bits = 128
        if parts.count == 2 {
            guard let count = Int(parts[1]), parts[1].allSatisfy({ $0.isASCII && $0.isNumber }),
                (0...(128 - offset)).contains(count)
            else { return nil }
            bits = offset + count
        }
        self.bits = bits
        start = address.prefix(bits: bits)
    }

    func contains(_ address: IPAddress) -> Bool { address.prefix(bits: bits) == start }
}
