package import CanvassHTTP

/// Answers requests, a turn of the event loop at a time.
package protocol HTTPHandler {
    /// Answers all requests that were complete in one turn.
    ///
    /// No answer leaves before this returns, so that one commit can cover the whole batch. Requests of one connection
    /// come in the order they were sent.
    ///
    /// - Returns: one response a request, in the order of `batch`.
    mutating func handle(_ batch: [HTTPIncomingRequest]) -> [HTTPResponse]

    /// What goes out on open streams now: asked some times a second while there are any, and soon after it has
    /// answered requests.
    mutating func nextParts() -> [HTTPStreamPart]

    /// A stream is gone, whoever ended it.
    mutating func streamEnded(_ connectionID: UInt64)

    /// Hears of a request that was answered without it: bytes that are no request, or that did not come in time.
    mutating func wasSpared(_ failure: HTTPFailure, from peer: HTTPAddress)

    /// Hears that the server has stopped accepting, and ends once what was under way is answered.
    mutating func willEnd()
}

extension HTTPHandler {
    package mutating func wasSpared(_ failure: HTTPFailure, from peer: HTTPAddress) {}
    package mutating func willEnd() {}
}
