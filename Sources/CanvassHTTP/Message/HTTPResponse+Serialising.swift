extension HTTPResponse {
    /// What becomes of the connection after an answer, and how the client is told (RFC 9112 section 9.3).
    package enum Persistence: Sendable, Hashable {
        /// The default of HTTP/1.1, said by saying nothing.
        case keep
        /// Kept for an HTTP/1.0 client, which has to be told.
        case keepSaid
        case close
    }

    /// What `100 Continue` looks like.
    package static let continueMessage: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"

    /// Whether an answer with this status has a body at all (RFC 9110 sections 15.3.5 and 15.4.5).
    package var allowsBody: Bool { status != 204 && status != 304 }

    /// Appends status line and headers with the empty line after them. The same for HEAD as for GET.
    ///
    /// - Parameter date: what `Date` says, as `HTTPDate` writes it.
    /// - Precondition: `status` is final, and `headers` has none of those that are written here.
    package func appendHead(to output: inout [UInt8], date: borrowing Span<UInt8>, persistence: Persistence) {
        precondition((200...599).contains(status), "\(status) is no final status")
        output.append("HTTP/1.1 ")
        output.append(decimal: status)
        output.append(.space)
        output.append(Self.reasonPhrase(of: status))
        output.append("\r\nDate: ")
        output.append(date)
        if allowsBody, stream == nil {
            output.append("\r\nContent-Length: ")
            output.append(decimal: body.count)
        }
        switch persistence {
        case .keep: break
        case .keepSaid: output.append("\r\nConnection: keep-alive")
        case .close: output.append("\r\nConnection: close")
        }
        output.append("\r\n")
        let bytes = headers.bytes.span
        for field in headers.fields {
            let name = bytes.extracting(field.name)
            precondition(!Self.isWrittenByServer(name), "the server writes \(name.text) itself")
        }
        headers.append(to: &output)
        output.append("\r\n")
    }

    private static func isWrittenByServer(_ name: Span<UInt8>) -> Bool {
        switch name.count {
        case 4: name.equalsIgnoringCase("date")
        case 10: name.equalsIgnoringCase("connection")
        case 14: name.equalsIgnoringCase("content-length")
        case 17: name.equalsIgnoringCase("transfer-encoding")
        default: false
        }
    }
}
