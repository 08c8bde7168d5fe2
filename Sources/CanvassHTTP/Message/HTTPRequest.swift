/// One complete request, its framing already checked and removed.
package struct HTTPRequest: Sendable, Equatable {
    /// As sent and case-sensitive: "GET", "POST" …
    package var method: String
    /// The path of the target, still percent-encoded. Begins with "/", or is "*" for OPTIONS.
    package var path: String
    /// What follows the first "?" of the target, still percent-encoded; nil without a "?".
    package var query: String?
    package var version: HTTPVersion
    package var headers: HTTPHeaders
    package var body: [UInt8]
    /// Whether the client wants the connection kept for another request (RFC 9112 section 9.3).
    package var keepsConnection: Bool

    package init(
        method: String, path: String, query: String? = nil, version: HTTPVersion = .http11,
        headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [], keepsConnection: Bool = true
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.version = version
        self.headers = headers
        self.body = body
        self.keepsConnection = keepsConnection
    }

    /// The request target as it was sent.
    package var target: String { query.map { path + "?" + $0 } ?? path }
}
