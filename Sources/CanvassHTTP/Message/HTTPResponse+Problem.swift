extension HTTPResponse {
    /// A problem document (RFC 9457).
    ///
    /// - Parameters:
    ///   - type: a URI that names the kind of problem; "about:blank" when the status says it all.
    ///   - title: the kind of problem in a few words; the reason phrase of the status when nil.
    ///   - detail: what happened this time and what to do about it.
    package static func problem(
        status: Int, type: String = "about:blank", title: String? = nil, detail: String? = nil
    ) -> HTTPResponse {
        var body: [UInt8] = []
        body.append(#"{"type":"#)
        body.append(jsonString: type)
        body.append(#","title":"#)
        body.append(jsonString: title ?? reasonPhrase(of: status).description)
        body.append(#","status":"#)
        body.append(decimal: status)
        if let detail {
            body.append(#","detail":"#)
            body.append(jsonString: detail)
        }
        body.append("}")
        return HTTPResponse(status: status, headers: ["Content-Type": "application/problem+json"], body: body)
    }
}

extension [UInt8] {
    /// Appends `text` as a JSON string (RFC 8259 section 7): quotation mark, reverse solidus and controls escaped.
    fileprivate mutating func append(jsonString text: String) {
        append("\"")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0x00..<0x20:
                let digits: StaticString = "0123456789abcdef"
                append("\\u00")
                append(digits.utf8Start[Int(byte >> 4)])
                append(digits.utf8Start[Int(byte & 15)])
            default:
                append(byte)
            }
        }
        append("\"")
    }
}
