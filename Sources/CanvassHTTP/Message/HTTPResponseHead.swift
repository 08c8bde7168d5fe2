/// What an answer says before its body.
package struct HTTPResponseHead: Sendable, Equatable {
    /// A final status, 200 to 599.
    package var status: Int
    package var version: HTTPVersion
    package var headers: HTTPHeaders
    /// Whether the other side takes another request on this connection.
    package var keepsConnection: Bool
    /// How long the body is going to be; nil where that is not told in advance.
    package var bodyLength: Int?
    /// Whether the body ends with the connection, so that nobody can tell a whole one from one that was cut.
    package var isEndedByClose: Bool
}
