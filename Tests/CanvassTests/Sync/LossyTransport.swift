import CanvassHTTPClient
import CanvassSync
import CanvassWire
import Synchronization

/// A way to the relay on which one answer gets lost: the relay did what was asked, and the device never hears.
struct LossyTransport: RelayTransport {
    private final class Counter: Sendable {
        let answers = Mutex(0)
    }

    private let base: HTTPTransport
    private let dropped: Int
    private let counter = Counter()

    /// - Parameter dropped: which answer is lost, from 1.
    init?(address: String, dropping dropped: Int) {
        guard let base = HTTPTransport(address: address) else { return nil }
        self.base = base
        self.dropped = dropped
    }

    /// Answers that the relay gave.
    var answers: Int { counter.answers.withLock { $0 } }

    func join(_ request: JoinRequest) async throws(SyncFailure) -> JoinAnswer {
        try await base.join(request)
    }

    func sync(_ request: SyncRequest, token: String) async throws(SyncFailure) -> SyncAnswer {
        let answer = try await base.sync(request, token: token)
        let number = counter.answers.withLock { count in
            count += 1
            return count
        }
        if number == dropped { throw .interrupted("the answer got lost") }
        return answer
    }
}
