import CanvassHTTP
import CanvassHTTPServer

/// The proxies in front of a relay, which know where a request came from.
///
/// Only what such a proxy wrote is believed. Each hop adds the address that it was asked from at the end, so the address that
/// counts is the last one that is no trusted proxy itself: everything before it, the sender may have made up.
package struct TrustedProxies: Sendable {
    /// The field that the proxies write. The other is ignored: a proxy that does not write it passes on what the sender put
    /// there.
    package enum Field: String, Sendable, CaseIterable {
        case xForwardedFor = "x-forwarded-for"
        /// RFC 7239.
        case forwarded
    }

    private let ranges: [AddressRange]
    private let field: Field

    package init(_ ranges: [AddressRange] = [], field: Field = .xForwardedFor) {
        self.ranges = ranges
        self.field = field
    }

    /// Where a request came from, as far as anybody knows who may be believed.
    func client(of incoming: HTTPIncomingRequest) -> IPAddress {
        let peer = IPAddress(incoming.peer.host) ?? .unknown
        guard isTrusted(peer) else { return peer }
        var client = peer
        for hop in hops(of: incoming.request.headers).reversed() {
            // What a trusted hop does not know, nobody does.
            guard let address = hop.flatMap(TrustedProxies.address) else { return client }
            client = address
            guard isTrusted(address) else { return client }
        }
        return client
    }

    private func isTrusted(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }

    /// The addresses of the hops, the nearest last; nil for one that says none.
    private func hops(of headers: HTTPHeaders) -> [String?] {
        let values = headers.values(of: field.rawValue)
        switch field {
        case .xForwardedFor:
            return values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
                .map { TrustedProxies.trimmed($0) }
        case .forwarded:
            return values.flatMap { TrustedProxies.split($0, at: ",") }.map { element in
                let parameters = TrustedProxies.split(element, at: ";").map { TrustedProxies.trimmed($0[...]) }
                guard let parameter = parameters.first(where: { $0.lowercased().hasPrefix("for=") }) else { return nil }
                let value = parameter.dropFirst(4)
                return value.hasPrefix("\"") && value.hasSuffix("\"") && value.count > 1
                    ? String(value.dropFirst().dropLast()) : String(value)
            }
        }
    }

    /// "192.0.2.7", "192.0.2.7:4711", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:4711".
    private static func address(_ text: String) -> IPAddress? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            return IPAddress(String(text[text.index(after: text.startIndex)..<end]))
        }
        if let address = IPAddress(text) { return address }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, UInt16(parts[1]) != nil else { return nil }
        return IPAddress(String(parts[0]))
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return String(start[...end])
    }

    /// Cuts where the separator stands outside quotes.
    private static func split(_ text: String, at separator: Character) -> [String] {
        var parts = [""]
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character == separator, !isQuoted {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }
}
