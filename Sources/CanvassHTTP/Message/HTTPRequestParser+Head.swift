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
        guard bytes.count == 8, bytes[5].isDigit, bytes[6] == UInt8(ascii: "."), bytes[7].isDigit,
            bytes[0] == UInt8(ascii: "H"), bytes[1] == UInt8(ascii: "T"), bytes[2] == UInt8(ascii: "T"),
            bytes[3] == UInt8(ascii: "P"), bytes[4] == UInt8(ascii: "/")
        else { throw .malformed("The request line does not end in an HTTP version.") }
        switch (bytes[5], bytes[7]) {
        case (UInt8(ascii: "1"), UInt8(ascii: "1")): return .http11
        case (UInt8(ascii: "1"), UInt8(ascii: "0")): return .http10
        default: throw HTTPFailure(status: 505, reason: "Only HTTP/1.1 and HTTP/1.0 are spoken here.")
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

    /// `field-name ":" OWS field-value OWS`. A folded line fails because it does not begin with a token.
    mutating func readField(_ line: Range<Int>) throws(HTTPFailure) {
        guard fields.count < limits.headerFieldCount else {
            throw HTTPFailure(status: 431, reason: "There are more than \(limits.headerFieldCount) header fields.")
        }
        // Places are counted from the start of the header section, which becomes the storage of the headers.
        let field = try Self.field(
            in: buffer.span.extracting(headersStart..<position),
            line: (line.lowerBound - headersStart)..<(line.upperBound - headersStart))
        fields.append(field)
    }

    private static func field(in bytes: Span<UInt8>, line: Range<Int>) throws(HTTPFailure) -> HTTPHeaders.Field {
        var colon = line.lowerBound
        while colon < line.upperBound, bytes[colon].isTokenCharacter { colon += 1 }
        guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == UInt8(ascii: ":") else {
            throw .malformed("A header line is not a name, a colon and a value.")
        }
        let value = bytes.withoutWhitespace((colon + 1)..<line.upperBound)
        for index in value where !bytes[index].isFieldValueCharacter {
            throw .malformed("A header value holds a control character.")
        }
        return HTTPHeaders.Field(name: line.lowerBound..<colon, value: value)
    }

    /// What the header fields say about where the request ends and what becomes of the connection.
    private struct Framing {
        var hostCount = 0
        var length: Int?
        var expectsContinue = false
        var saysClose = false
        var saysKeepAlive = false
    }

    /// Takes the header fields over and judges them. Returns whether the client waits for "100 Continue".
    mutating func finishHead() throws(HTTPFailure) -> Bool {
        let headers = HTTPHeaders(validated: fields, in: Array(buffer[headersStart..<position]))
        fields = []
        let framing = try Self.framing(of: headers, version: request.version)
        if request.version == .http11, framing.hostCount == 0 { throw .malformed("There is no Host header.") }
        let length = framing.length ?? 0
        guard length <= limits.body else {
            throw HTTPFailure(status: 413, reason: "The body is larger than \(limits.body) bytes.")
        }
        request.headers = headers
        request.keepsConnection = !framing.saysClose && (request.version == .http11 || framing.saysKeepAlive)
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
            readConnectionOptions(value, into: &framing)
        case 14 where name.equalsIgnoringCase("content-length"):
            guard framing.length == nil else { throw .malformed("There is more than one Content-Length header.") }
            framing.length = try contentLength(value)
        case 17 where name.equalsIgnoringCase("transfer-encoding"):
            throw HTTPFailure(status: 501, reason: "Send the body with a Content-Length, not with a transfer coding.")
        default:
            return
        }
    }

    /// Digits only. What does not fit an integer is larger than any limit, so it is too large rather than malformed.
    private static func contentLength(_ value: Span<UInt8>) throws(HTTPFailure) -> Int {
        guard !value.isEmpty else { throw .malformed("The Content-Length header is empty.") }
        var length = 0
        var overflows = false
        for index in value.indices {
            guard value[index].isDigit else { throw .malformed("The Content-Length header is not a number.") }
            let (tenfold, overflowsTimes) = length.multipliedReportingOverflow(by: 10)
            let (sum, overflowsPlus) = tenfold.addingReportingOverflow(Int(value[index] - UInt8(ascii: "0")))
            overflows = overflows || overflowsTimes || overflowsPlus
            length = overflows ? Int.max : sum
        }
        return length
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

    /// A comma-separated list of which "close" and "keep-alive" mean something here (RFC 9110 section 7.6.1).
    private static func readConnectionOptions(_ value: Span<UInt8>, into framing: inout Framing) {
        var start = 0
        while start <= value.count {
            var comma = start
            while comma < value.count, value[comma] != UInt8(ascii: ",") { comma += 1 }
            let option = value.extracting(value.withoutWhitespace(start..<comma))
            framing.saysClose = framing.saysClose || option.equalsIgnoringCase("close")
            framing.saysKeepAlive = framing.saysKeepAlive || option.equalsIgnoringCase("keep-alive")
            start = comma + 1
        }
    }
}

extension Span<UInt8> {
    /// `range` without the spaces and tabs at its ends.
    fileprivate func withoutWhitespace(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, self[start] == .space || self[start] == .tab { start += 1 }
        while end > start, self[end - 1] == .space || self[end - 1] == .tab { end -= 1 }
        return start..<end
    }
}
