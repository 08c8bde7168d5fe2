/// The rules for request lines (RFC 9112 section 3), field lines (section 5) and message framing (section 6).
extension HTTPRequestParser {
    /// `method SP request-target SP HTTP-version`, with exactly one space each.
    static func request(line bytes: Span<UInt8>) throws(HTTPFailure) -> HTTPRequest {
        var index = 0
        while index < bytes.count, bytes[index].isTokenCharacter { index += 1 }
        let method = bytes.extracting(0..<index)
        guard !method.isEmpty, index < bytes.count, bytes[index] == .space else {
            throw .malformed("The request line has no method.")
        }
        let targetStart = index + 1
        index = targetStart
        while index < bytes.count, bytes[index] != .space { index += 1 }
        guard index < bytes.count else { throw .malformed("The request line has no version.") }
        let version = try version(bytes.extracting((index + 1)..<bytes.count))
        let target = bytes.extracting(targetStart..<index)
        let question = try checkTarget(target, method: method)
        return HTTPRequest(
            method: method.text,
            path: target.extracting(0..<(question ?? target.count)).text,
            query: question.map { target.extracting(($0 + 1)..<target.count).text },
            version: version)
    }

    private static func version(_ bytes: Span<UInt8>) throws(HTTPFailure) -> HTTPVersion {
        switch HTTPVersion.read(bytes) {
        case .version(let version): return version
        case .other: throw HTTPFailure(status: 505, reason: "Only HTTP/1.1 and HTTP/1.0 are spoken here.")
        case .none: throw .malformed("The request line does not end in an HTTP version.")
        }
    }

    /// Accepts origin-form (`/path?query`), and `*` for OPTIONS: the others are for proxies. Returns where "?" stands.
    private static func checkTarget(_ target: Span<UInt8>, method: Span<UInt8>) throws(HTTPFailure) -> Int? {
        if target.count == 1, target[0] == UInt8(ascii: "*"), method.text == "OPTIONS" { return nil }
        guard !target.isEmpty, target[0] == UInt8(ascii: "/") else {
            throw .malformed("The request target does not begin with a slash.")
        }
        var question: Int?
        for index in target.indices {
            let byte = target[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < target.count, target[index + 1].isHexDigit, target[index + 2].isHexDigit else {
                    throw .malformed("The request target has a percent sign without two hexadecimal digits.")
                }
            } else if !byte.isTargetCharacter {
                throw .malformed("The request target has a character that must be percent-encoded.")
            } else if byte == UInt8(ascii: "?"), question == nil {
                question = index
            }
        }
        return question
    }

    mutating func readField(_ line: Range<Int>) throws(HTTPFailure) {
        guard fields.count < limits.headerFieldCount else {
            throw HTTPFailure(status: 431, reason: "There are more than \(limits.headerFieldCount) header fields.")
        }
        // Places are counted from the start of the header section, which becomes the storage of the headers.
        let field = try FieldLines.field(
            in: lines.bytes.span.extracting(headersStart..<lines.position),
            line: (line.lowerBound - headersStart)..<(line.upperBound - headersStart))
        fields.append(field)
    }

    /// What the header fields say about where the request ends and what becomes of the connection.
    private struct Framing {
        var hostCount = 0
        var length: Int?
        var expectsContinue = false
        var options = FieldLines.ConnectionOptions()
    }

    /// Takes the header fields over and judges them. Returns whether the client waits for "100 Continue".
    mutating func finishHead() throws(HTTPFailure) -> Bool {
        let headers = HTTPHeaders(validated: fields, in: Array(lines.bytes[headersStart..<lines.position]))
        fields = []
        let framing = try Self.framing(of: headers, version: request.version)
        if request.version == .http11, framing.hostCount == 0 { throw .malformed("There is no Host header.") }
        let length = framing.length ?? 0
        guard length <= limits.body else {
            throw HTTPFailure(status: 413, reason: "The body is larger than \(limits.body) bytes.")
        }
        request.headers = headers
        request.keepsConnection = framing.options.keepsConnection(request.version)
        // No more than this is set aside on the word of a sender who has not sent it.
        request.body.reserveCapacity(min(length, 64 << 10))
        missingByteCount = length
        return framing.expectsContinue && length > 0
    }

    private static func framing(of headers: HTTPHeaders, version: HTTPVersion) throws(HTTPFailure) -> Framing {
        var framing = Framing()
        let bytes = headers.bytes.span
        for field in headers.fields {
            try judge(bytes.extracting(field.name), bytes.extracting(field.value), version: version, into: &framing)
        }
        return framing
    }

    /// Told apart by length first: most fields of a request concern the handler alone.
    private static func judge(
        _ name: Span<UInt8>, _ value: Span<UInt8>, version: HTTPVersion, into framing: inout Framing
    ) throws(HTTPFailure) {
        switch name.count {
        case 4 where name.equalsIgnoringCase("host"):
            guard framing.hostCount == 0 else { throw .malformed("There is more than one Host header.") }
            guard isHost(value) else { throw .malformed("The Host header is not a host and a port.") }
            framing.hostCount = 1
        case 6 where name.equalsIgnoringCase("expect"):
            guard version == .http11 else { return }
            guard value.equalsIgnoringCase("100-continue") else {
                throw HTTPFailure(status: 417, reason: "Only the expectation 100-continue is met.")
            }
            framing.expectsContinue = true
        case 10 where name.equalsIgnoringCase("connection"):
            framing.options.read(value)
        case 14 where name.equalsIgnoringCase("content-length"):
            guard framing.length == nil else { throw .malformed("There is more than one Content-Length header.") }
            framing.length = try FieldLines.contentLength(value)
        case 17 where name.equalsIgnoringCase("transfer-encoding"):
            throw HTTPFailure(status: 501, reason: "Send the body with a Content-Length, not with a transfer coding.")
        default:
            return
        }
    }

    /// `uri-host [":" port]` (RFC 9110 section 7.2), empty where the target has no authority. Brackets hold an IPv6
    /// address.
    private static func isHost(_ value: Span<UInt8>) -> Bool {
        var index = 0
        if !value.isEmpty, value[0] == UInt8(ascii: "[") {
            index = 1
            while index < value.count, value[index].isPlainURICharacter || value[index] == UInt8(ascii: ":") {
                index += 1
            }
            guard index > 1, index < value.count, value[index] == UInt8(ascii: "]") else { return false }
            index += 1
        } else {
            while index < value.count, value[index].isPlainURICharacter || value[index] == UInt8(ascii: "%") {
                index += 1
            }
        }
        guard index < value.count else { return true }
        guard value[index] == UInt8(ascii: ":") else { return false }
        index += 1
        while index < value.count, value[index].isDigit { index += 1 }
        return index == value.count
    }
}
