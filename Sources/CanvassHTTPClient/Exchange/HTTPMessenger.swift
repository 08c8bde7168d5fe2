package import CanvassHTTP
package import CanvassSync

/// Sends requests to one origin: over sockets of our own for `http`, by URLSession for `https`.
package protocol HTTPMessenger: Sendable {
    /// Sends a request and waits for the whole answer.
    ///
    /// - Parameters:
    ///   - request: its path goes behind that of the origin.
    ///   - maximumBytes: of the answer's body.
    func answer(to request: HTTPRequest, maximumBytes: Int) async throws(SyncFailure) -> HTTPAnswer

    /// Sends a request and hands over the body of its answer as it comes, however long that goes on. Cancelling the task
    /// ends it.
    ///
    /// - Parameters:
    ///   - onHead: false ends it, without an error.
    ///   - onBody: the next bytes; false ends it, without an error.
    func watch(
        _ request: HTTPRequest, onHead: @escaping @Sendable (HTTPAnswer.Head) -> Bool,
        onBody: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(SyncFailure)
}
