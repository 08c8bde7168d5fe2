package import CanvassHTTP
package import CanvassSync

extension HTTPClient: HTTPMessenger {
    package func answer(to request: HTTPRequest, maximumBytes: Int) async throws(SyncFailure) -> HTTPAnswer {
        do {
            return try await send(request, limits: HTTPLimits(body: maximumBytes))
        } catch {
            throw SyncFailure(error, host: origin.host)
        }
    }

    package func watch(
        _ request: HTTPRequest, onHead: @escaping @Sendable (HTTPAnswer.Head) -> Bool,
        onBody: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(SyncFailure) {
        do {
            try await stream(request, onHead: onHead, onBody: onBody)
        } catch {
            throw SyncFailure(error, host: origin.host)
        }
    }
}
