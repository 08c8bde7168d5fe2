import Foundation

/// Where requests go: the parts of `http(s)://HOST[:PORT][/PATH]`.
package struct HTTPOrigin: Sendable, Hashable {
    package let isSecure: Bool
    /// A name or an address, IPv6 without its brackets.
    package let host: String
    package let port: UInt16
    /// Precedes the path of every request, percent-encoded; without a slash at its end, so it may be empty.
    package let path: String

    /// - Returns: nil for an address of another form.
    package init?(address: String) {
        guard let url = URL(string: address), let scheme = url.scheme?.lowercased(),
            ["http", "https"].contains(scheme),
            let host = url.host, !host.isEmpty
        else { return nil }
        isSecure = scheme == "https"
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        guard let port = UInt16(exactly: url.port ?? (isSecure ? 443 : 80)), port > 0 else { return nil }
        self.port = port
        var path = url.path(percentEncoded: true)
        while path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// What `Host` says: without the port where the scheme implies it.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}
