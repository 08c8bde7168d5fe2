/// Why a request is refused before a handler sees it. The connection is closed after the answer, because where the next
/// request would begin is no longer certain.
package struct HTTPFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package var status: Int
    /// One sentence for the person who wrote the client.
    package var reason: String

    package init(status: Int, reason: String) {
        self.status = status
        self.reason = reason
    }

    package var description: String { "\(status): \(reason)" }

    static func malformed(_ reason: String) -> HTTPFailure { HTTPFailure(status: 400, reason: reason) }
}
