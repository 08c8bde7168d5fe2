import CanvassCommandLine

/// A host and a port, as `--listen` takes them.
struct ListenAddress: Sendable {
    let host: String
    let port: UInt16
}

extension ArgumentKind where Parsed == ListenAddress {
    /// "127.0.0.1:8787", "[::1]:8787", "localhost:0".
    static var listenAddress: ArgumentKind<ListenAddress> {
        ArgumentKind<ListenAddress>(placeholder: "HOST:PORT", describe: { "\($0.host):\($0.port)" }) {
            (text) throws(InvalidArgument) -> ListenAddress in
            guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
                throw InvalidArgument("a host and a port, such as 127.0.0.1:8787")
            }
            var host = text[..<colon]
            if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
            guard !host.isEmpty, !host.contains("[") else {
                throw InvalidArgument("a host and a port, such as 127.0.0.1:8787 or [::1]:8787")
            }
            return ListenAddress(host: String(host), port: port)
        }
    }
}
