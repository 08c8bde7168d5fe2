extension HTTPRequest {
    /// Whether a body, even an empty one, is announced: where a method gives a body a meaning (RFC 9110 section 8.6).
    private var announcesBody: Bool { !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method) }

    /// The request line and the headers with the empty line after them.
    ///
    /// - Parameter host: what `Host` says.
    /// - Returns: nil when a part of it cannot be sent as it is: a method that is no token, a target or a host with characters
    ///   that have to be percent-encoded, a header that is written here.
    package func serialisedHead(host: String) -> [UInt8]? {
        guard !method.isEmpty, method.utf8.allSatisfy(\.isTokenCharacter), target.hasPrefix("/"),
            target.utf8.allSatisfy({ $0.isTargetCharacter || $0 == UInt8(ascii: "%") }), !host.isEmpty,
            host.utf8.allSatisfy({ $0.isFieldValueCharacter && $0 != .space && $0 != .tab })
        else { return nil }
        var output: [UInt8] = []
        output.append(contentsOf: method.utf8)
        output.append(.space)
        output.append(contentsOf: target.utf8)
        output.append(" HTTP/1.1\r\nHost: ")
        output.append(contentsOf: host.utf8)
        if announcesBody {
            output.append("\r\nContent-Length: ")
            output.append(decimal: body.count)
        }
        if !keepsConnection { output.append("\r\nConnection: close") }
        output.append("\r\n")
        for name in ["Host", "Content-Length", "Connection", "Transfer-Encoding"] where headers.contains(name) {
            return nil
        }
        headers.append(to: &output)
        output.append("\r\n")
        return output
    }
}
