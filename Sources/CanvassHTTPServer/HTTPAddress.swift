import Glibc

/// An IPv4 or IPv6 address with a port. Kept as numbers, so that an idle connection costs no text.
package struct HTTPAddress: Hashable, Sendable, CustomStringConvertible {
    private enum Host: Hashable {
        /// In network byte order.
        case v4(UInt32)
        /// The sixteen bytes of the address, as they stand in memory.
        case v6(UInt64, UInt64)
        case unknown
    }

    private let address: Host
    package let port: UInt16

    /// The address of a peer that came by no socket.
    package static let none = HTTPAddress(sockaddr_storage())

    init(_ storage: sockaddr_storage) {
        switch Int32(storage.ss_family) {
        case AF_INET:
            let address = withUnsafeBytes(of: storage) { $0.loadUnaligned(as: sockaddr_in.self) }
            self.address = .v4(address.sin_addr.s_addr)
            port = UInt16(bigEndian: address.sin_port)
        case AF_INET6:
            let address = withUnsafeBytes(of: storage) { $0.loadUnaligned(as: sockaddr_in6.self) }
            self.address = withUnsafeBytes(of: address.sin6_addr) {
                .v6($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
            port = UInt16(bigEndian: address.sin6_port)
        default:
            address = .unknown
            port = 0
        }
    }

    /// The address alone, "192.0.2.7" or "2001:db8::1"; empty when the system did not name one.
    package var host: String {
        switch address {
        case .v4(let number): Self.text(AF_INET, number)
        case .v6(let first, let second): Self.text(AF_INET6, (first, second))
        case .unknown: ""
        }
    }

    /// As in a URL: "192.0.2.7:80" or "[2001:db8::1]:80".
    package var description: String {
        if case .v6 = address { "[\(host)]:\(port)" } else { "\(host):\(port)" }
    }

    /// An address without a port, from its bytes in network order: `AF_INET` with four, `AF_INET6` with sixteen.
    package static func text<Bytes>(_ family: Int32, _ address: Bytes) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            withUnsafeBytes(of: address) { bytes in
                guard
                    let text = inet_ntop(family, bytes.baseAddress, buffer.baseAddress, socklen_t(buffer.count))
                else { return "" }
                return String(cString: text)
            }
        }
    }
}
