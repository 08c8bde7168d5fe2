package import CanvassHTTP
package import CanvassSync
import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// HTTPS by the system's URLSession, since TLS is nothing to write oneself: the only part of Canvass that uses
/// FoundationNetworking. What that costs on Linux says decision 0009.
///
/// A session on Linux keeps asking whether a connection that it had to open can be written to, which it can, for as long
/// as an answer takes: a whole core. A connection that it uses again is quiet (decision 0004). So each connection is opened
/// with a request that is answered at once, and the requests whose answers take their time follow on it.
package final class SecureClient: HTTPMessenger {
    private let origin: HTTPOrigin
    private let delegate: SecureDelegate
    private let session: URLSession
    private let patience: HTTPPatience
    private let isGreeted = Mutex(false)

    package init(_ origin: HTTPOrigin, patience: HTTPPatience = HTTPPatience()) {
        self.origin = origin
        self.patience = patience
        delegate = SecureDelegate()
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = patience.silence / .seconds(1)
        configuration.httpShouldSetCookies = false
        session = URLSession(configuration: configuration, delegate: delegate, delegateQueue: nil)
    }

    deinit { session.finishTasksAndInvalidate() }

    package func answer(to request: HTTPRequest, maximumBytes: Int) async throws(SyncFailure) -> HTTPAnswer {
        try await greet()
        return try await collect(request, maximumBytes: maximumBytes, timeout: patience.silence)
    }

    package func watch(
        _ request: HTTPRequest, onHead: @escaping @Sendable (HTTPAnswer.Head) -> Bool,
        onBody: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(SyncFailure) {
        try await greet()
        // It takes the connection with it: what is asked meanwhile opens another.
        isGreeted.withLock { $0 = false }
        try await run(request, timeout: patience.silence, onHead: onHead, onBody: onBody)
    }

    private func collect(
        _ request: HTTPRequest, maximumBytes: Int, timeout: Duration
    ) async throws(SyncFailure) -> HTTPAnswer {
        let collector = AnswerCollector()
        let isTooLarge = SharedFlag()
        try await run(request, timeout: timeout) { head in
            collector.begin(head)
            return true
        } onBody: { bytes in
            guard collector.append(bytes) > maximumBytes else { return true }
            isTooLarge.set()
            return false
        }
        guard !isTooLarge.isSet else { throw .invalidAnswer("the answer is larger than \(maximumBytes) bytes") }
        guard let answer = collector.answer else { throw .notARelay("no HTTP answer") }
        return answer
    }

    /// Opens a connection for the requests to come, unless one is there. Whatever answers, the request will say what it is.
    private func greet() async throws(SyncFailure) {
        guard !isGreeted.withLock({ $0 }) else { return }
        _ = try await collect(
            HTTPRequest(method: "HEAD", path: "/healthz"), maximumBytes: 64 << 10,
            timeout: min(patience.connecting, patience.silence))
        isGreeted.withLock { $0 = true }
    }

    private func run(
        _ request: HTTPRequest, timeout: Duration, onHead: @escaping @Sendable (HTTPAnswer.Head) -> Bool,
        onBody: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(SyncFailure) {
        guard let url = URL(string: "https://\(origin.authority)\(origin.path)\(request.target)") else {
            throw .unreachable("the address has a character that must be percent-encoded")
        }
        var outgoing = URLRequest(url: url)
        outgoing.httpMethod = request.method
        if !request.body.isEmpty { outgoing.httpBody = Data(request.body) }
        for (name, value) in request.headers.pairs { outgoing.setValue(value, forHTTPHeaderField: name) }
        outgoing.timeoutInterval = timeout / .seconds(1)
        let outcome = FirstOutcome<(any Error)?>()
        let task = session.dataTask(with: outgoing)
        delegate.expect(
            SecureDelegate.Exchange(onHead: onHead, onBody: onBody, outcome: outcome), for: task.taskIdentifier)
        let error = await withTaskCancellationHandler {
            await outcome.value(of: { task.resume() })
        } onCancel: {
            task.cancel()
            outcome.settle(CancellationError())
        }
        guard let error else { return }
        // The connection is gone, too.
        isGreeted.withLock { $0 = false }
        guard !(error is CancellationError) else { throw .interrupted("the request was stopped") }
        throw SyncFailure(error, host: origin.host, timeoutSeconds: Int(timeout.components.seconds))
    }
}

/// Set once, from any thread.
private final class SharedFlag: Sendable {
    private let state = Mutex(false)

    var isSet: Bool { state.withLock { $0 } }

    func set() { state.withLock { $0 = true } }
}
