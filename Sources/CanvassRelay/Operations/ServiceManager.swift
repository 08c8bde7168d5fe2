#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tells systemd how the service stands (sd_notify(3)): a datagram to the socket that `NOTIFY_SOCKET` names.
package struct ServiceManager: Sendable {
    private let address: String?

    /// - Parameter address: a path, or a name that begins with @; nil where nobody asked to be told.
    package init(address: String?) {
        self.address = address
    }

    package static var ofThisProcess: ServiceManager {
        ServiceManager(address: getenv("NOTIFY_SOCKET").map { String(cString: $0) })
    }

    package func isReady(_ status: String) { tell("READY=1\nSTATUS=\(status)") }

    package func isStopping() { tell("STOPPING=1") }

    /// Best effort: a service manager that does not listen must not keep the relay from its work.
    private func tell(_ message: String) {
        guard let address, var target = Self.socketAddress(address) else { return }
        #if canImport(Glibc)
            let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #else
            let kind = SOCK_DGRAM
        #endif
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(message.utf8)
        _ = withUnsafePointer(to: &target.address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, 0, $0, target.length)
            }
        }
    }

    /// Nil for an address that fits none.
    private static func socketAddress(_ text: String) -> (address: sockaddr_un, length: socklen_t)? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(text.utf8)
        // A name in the abstract namespace begins with a zero byte (unix(7)).
        let isAbstract = bytes.first == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count > 1, bytes.count < room else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = MemoryLayout<sockaddr_un>.size - room + bytes.count + (isAbstract ? 0 : 1)
        return (address, socklen_t(length))
    }
}
