import CanvassCoding

/// How a body is compressed on its way (RFC 9110 section 8.4.1).
package enum ContentCoding: String, Sendable, CaseIterable {
    case gzip, deflate

    private var wrapper: Deflate.Wrapper {
        switch self {
        case .gzip: .gzip
        case .deflate: .zlib
        }
    }

    /// Nil where the bytes would not become fewer.
    func encode(_ bytes: [UInt8]) -> [UInt8]? {
        // The fastest level: whoever waits is on the same thread as everybody else.
        guard let coded = try? Deflate.compress(bytes, level: 1, wrapper: wrapper), coded.count < bytes.count else {
            return nil
        }
        return coded
    }

    /// - Throws: `HTTPFailure`: 413 where more than `limit` bytes come out, however few came in; else 400.
    func decode(_ bytes: [UInt8], limit: Int) throws(HTTPFailure) -> [UInt8] {
        do {
            return try Deflate.decompress(bytes, maximumBytes: limit, wrapper: wrapper)
        } catch {
            guard !error.reason.hasPrefix("more than") else {
                throw HTTPFailure(status: 413, reason: "The body is larger than \(limit) bytes once it is decoded.")
            }
            throw .malformed("The body is not what its Content-Encoding says: \(error.reason).")
        }
    }
}

extension HTTPRequest {
    /// The body as it was before its sender compressed it. One coding at most: nobody needs two, and each multiplies what
    /// a few bytes can become.
    ///
    /// - Returns: whether there was a coding.
    /// - Throws: `HTTPFailure`: 415 for a coding that is not known here; else as `ContentCoding.decode` does.
    package mutating func decodeBody(limit: Int) throws(HTTPFailure) -> Bool {
        let names = headers.values(of: "Content-Encoding").flatMap {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        .map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
        guard !names.isEmpty, names != ["identity"] else { return false }
        guard names.count == 1, let coding = ContentCoding(rawValue: names[0] == "x-gzip" ? "gzip" : names[0]) else {
            throw HTTPFailure(
                status: 415, reason: "Send the body as it is, or with the content coding gzip or deflate.")
        }
        body = try coding.decode(body, limit: limit)
        return true
    }

    /// The coding that the client takes and likes best; nil where it takes none, or did not say (RFC 9110 section 12.5.3).
    package var acceptedCoding: ContentCoding? {
        var weights: [String: Double] = [:]
        for value in headers.values(of: "Accept-Encoding") {
            for item in value.split(separator: ",") {
                let parts = item.split(separator: ";").map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
                guard let name = parts.first else { continue }
                let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
                weights[name == "x-gzip" ? "gzip" : name] = weight
            }
        }
        let wanted = ContentCoding.allCases.map { ($0, weights[$0.rawValue] ?? weights["*"] ?? 0) }
        // Where two weigh the same, the first: gzip is what proxies know best.
        return wanted.filter { $0.1 > 0 }.enumerated().max { left, right in
            (left.element.1, -left.offset) < (right.element.1, -right.offset)
        }?.element.0
    }
}

extension HTTPResponse {
    /// Smaller bodies are not worth the work; larger ones would keep everybody waiting.
    private static let codedSizes = (1 << 10)...(4 << 20)

    /// The answer as the client of a request wants it coded: texts only, since segments are compressed already.
    package func coded(for request: HTTPRequest) -> HTTPResponse {
        guard Self.codedSizes.contains(body.count), isText, !headers.contains("Content-Encoding") else { return self }
        var answer = self
        do throws(HTTPHeaderError) {
            try answer.headers.append("Vary", "Accept-Encoding")
            guard let coding = request.acceptedCoding, let coded = coding.encode(body) else { return answer }
            try answer.headers.append("Content-Encoding", coding.rawValue)
            answer.body = coded
        } catch {
            preconditionFailure("\(error)")
        }
        return answer
    }

    private var isText: Bool {
        guard let type = headers["Content-Type"]?.lowercased() else { return false }
        return type.hasPrefix("text/") && !type.hasPrefix("text/event-stream") || type.hasPrefix("application/json")
            || type.hasPrefix("application/problem+json") || type.hasPrefix("application/yaml")
    }
}
