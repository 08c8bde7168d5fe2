/// What a request or an answer may cost before it is refused. All in bytes unless the name says otherwise; the statuses are
/// those with which a server refuses.
package struct HTTPLimits: Sendable, Hashable {
    /// The first line, with its line end; more is answered with 414.
    package var firstLine: Int
    /// The header section with its line ends and the empty line that closes it; more is answered with 431.
    package var headers: Int
    /// Header fields; more are answered with 431.
    package var headerFieldCount: Int
    /// The body; a larger Content-Length is answered with 413 before any of the body is read.
    package var body: Int

    package init(
        firstLine: Int = 8 << 10, headers: Int = 16 << 10, headerFieldCount: Int = 100, body: Int = 16 << 20
    ) {
        self.firstLine = firstLine
        self.headers = headers
        self.headerFieldCount = headerFieldCount
        self.body = body
    }
}
