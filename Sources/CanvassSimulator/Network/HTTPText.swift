import CanvassHTTP

/// The bytes of a client's request, as an HTTP library writes them.
enum HTTPText {
    static func request(path: String, token: String?, body: [UInt8]) -> [UInt8] {
        var head = "POST \(path) HTTP/1.1\r\nHost: relay.simulated\r\nContent-Type: application/cbor\r\n"
        head += "Accept: application/cbor\r\nContent-Length: \(body.count)\r\n"
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }

    /// The bytes of an answer, as the server sends them.
    static func response(_ response: HTTPResponse, unixSeconds: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        let date = HTTPDate.bytes(unixSeconds: unixSeconds)
        response.appendHead(to: &bytes, date: date.span, persistence: .close)
        return response.allowsBody ? bytes + response.body : bytes
    }
}

/// An answer as a client reads it.
struct HTTPReply {
    let status: Int
    let contentType: String
    let body: [UInt8]

    /// - Returns: nil unless the bytes are one whole answer.
    init?(_ bytes: [UInt8]) {
        guard let end = HTTPReply.endOfHead(bytes) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else { return nil }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        self.status = status
        contentType = fields["content-type"] ?? ""
        body = Array(bytes[(end + 4)...])
        guard body.count == fields["content-length"].flatMap({ Int($0) }) ?? 0 else { return nil }
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard bytes.count >= mark.count else { return nil }
        return (0...(bytes.count - mark.count)).first { bytes[$0..<($0 + mark.count)].elementsEqual(mark) }
    }
}
