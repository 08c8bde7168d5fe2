package import CanvassHTTP

/// A whole answer.
package struct HTTPAnswer: Sendable {
    /// What is said before the body, by whichever client read it.
    package struct Head: Sendable {
        package var status: Int
        package var headers: HTTPHeaders
        /// Whether the body ends with the connection, so that nobody can tell a whole one from one that was cut.
        package var isEndedByClose = false

        /// How long the other side asks to be left alone; nil where it says a date or nothing.
        var retryAfterSeconds: Int? { headers["Retry-After"].flatMap { Int($0) } }
    }

    package var head: Head
    package var body: [UInt8]
}

extension HTTPAnswer.Head {
    init(_ head: HTTPResponseHead) {
        self.init(status: head.status, headers: head.headers, isEndedByClose: head.isEndedByClose)
    }
}
