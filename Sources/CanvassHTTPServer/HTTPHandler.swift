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
}
