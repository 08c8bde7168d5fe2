/// The rules that field lines of requests and answers share (RFC 9112 section 5, RFC 9110 sections 5.6, 7.6.1 and 8.6).
enum FieldLines {
    /// `field-name ":" OWS field-value OWS`. A folded line fails because it does not begin with a token.
    static func field(in bytes: Span<UInt8>, line: Range<Int>) throws(HTTPFailure) -> HTTPHeaders.Field {
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

    /// Digits only. What does not fit an integer is larger than any limit, so it is too large rather than malformed.
    static func contentLength(_ value: Span<UInt8>) throws(HTTPFailure) -> Int {
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

    /// What `Connection` says: a list of which "close" and "keep-alive" mean something here.
    struct ConnectionOptions {
        var saysClose = false
        var saysKeepAlive = false

        mutating func read(_ value: Span<UInt8>) {
            var start = 0
            while start <= value.count {
                var comma = start
                while comma < value.count, value[comma] != UInt8(ascii: ",") { comma += 1 }
                let option = value.extracting(value.withoutWhitespace(start..<comma))
                saysClose = saysClose || option.equalsIgnoringCase("close")
                saysKeepAlive = saysKeepAlive || option.equalsIgnoringCase("keep-alive")
                start = comma + 1
            }
        }

        /// Whether another request may follow (RFC 9112 section 9.3).
        func keepsConnection(_ version: HTTPVersion) -> Bool {
            !saysClose && (version == .http11 || saysKeepAlive)
        }
    }
}

extension Span<UInt8> {
    /// `range` without the spaces and tabs at its ends.
    func withoutWhitespace(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, self[start] == .space || self[start] == .tab { start += 1 }
        while end > start, self[end - 1] == .space || self[end - 1] == .tab { end -= 1 }
        return start..<end
    }
}
