/// Where devices reach a relay: `https://relay.example.org`, `http://[::1]:8787/canvass` (RFC 3986, of which no user
/// information, query or fragment, since links are made by adding to it).
package enum PublicURL {
    /// - Returns: the address without slashes at its end; nil where it is none.
    package static func normalized(_ text: String) -> String? {
        let lowercased = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lowercased.utf8.starts(with: $0.utf8) }),
            text.utf8.allSatisfy(isAllowed)
        else { return nil }
        var rest = text.utf8.dropFirst(scheme.utf8.count)
        while rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }
        let authority = rest.prefix { $0 != UInt8(ascii: "/") }
        guard isAuthority(authority), let tail = String(rest) else { return nil }
        return scheme + tail
    }

    /// Printable ASCII without what would start a query or a fragment, or stands in no address.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7f && !"?#\"<>\\^`{|}".utf8.contains(byte)
    }

    private static func isAuthority(_ authority: Substring.UTF8View) -> Bool {
        let host: Substring.UTF8View
        if authority.first == UInt8(ascii: "[") {
            guard let end = authority.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = authority[authority.index(after: authority.startIndex)..<end]
            guard address.contains(UInt8(ascii: ":")),
                address.allSatisfy({ isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
            else { return false }
            host = authority[...end]
        } else {
            host = authority.prefix { $0 != UInt8(ascii: ":") }
            guard !host.isEmpty, host.first != UInt8(ascii: "."), host.allSatisfy(isHostCharacter) else { return false }
        }
        let port = authority[host.endIndex...]
        return port.isEmpty || isPort(port)
    }

    /// ":1" to ":65535".
    private static func isPort(_ text: Substring.UTF8View) -> Bool {
        guard text.first == UInt8(ascii: ":"), let digits = String(text.dropFirst()), digits.utf8.allSatisfy(isDigit),
            let port = UInt16(digits)
        else { return false }
        return port > 0
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    private static func isHostCharacter(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || "-._".utf8.contains(byte)
    }
}
