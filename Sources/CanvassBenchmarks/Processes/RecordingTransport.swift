import CanvassSync
import CanvassWire
import Synchronization

/// A transport that keeps every message, so that their bytes can be counted when the clock has stopped.
final class RecordingTransport<Inner: RelayTransport>: RelayTransport {
    private let inner: Inner
    private let messages = Mutex<[(request: SyncRequest, answer: SyncAnswer)]>([])

    init(_ inner: Inner) {
        self.inner = inner
    }

    func join(_ request: JoinRequest) async throws(SyncFailure) -> JoinAnswer {
        try await inner.join(request)
    }

    func sync(_ request: SyncRequest, token: String) async throws(SyncFailure) -> SyncAnswer {
        let answer = try await inner.sync(request, token: token)
        messages.withLock { $0.append((request, answer)) }
        return answer
    }

    /// Bytes of the bodies of all requests and answers so far; HTTP adds a few hundred to each.
    var byteCount: Int {
        messages.withLock { messages in
            messages.reduce(0) { $0 + $1.request.encoded().count + $1.answer.encoded().count }
        }
    }
}
