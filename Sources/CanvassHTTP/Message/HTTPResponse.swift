/// One answer. The server adds `Content-Length` (not for a stream), `Date` and `Connection`, leaves the body out where the request or the
/// status allows none, and keeps the connection as the request asks.
package struct HTTPResponse: Sendable, Equatable {
    /// A final status, 200 to 599.
    package var status: Int
    /// Not those that the server writes itself.
    package var headers: HTTPHeaders
    package var body: [UInt8]
    /// What follows the body later; nil where it is complete.
    package var stream: HTTPStream?

    package init(
        status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [], stream: HTTPStream? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.stream = stream
    }
}
