import CanvassHTTP
import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Hands what a session receives to the exchange that it belongs to.
final class SecureDelegate: NSObject, URLSessionDataDelegate {
    /// One request and what is to become of its answer.
    struct Exchange: Sendable {
        var onHead: @Sendable (HTTPAnswer.Head) -> Bool
        var onBody: @Sendable ([UInt8]) -> Bool
        /// Why it failed; nil when it came to its end, or nobody wants more.
        var outcome: FirstOutcome<(any Error)?>
    }

    private let exchanges = Mutex<[Int: Exchange]>([:])

    /// - Parameter identifier: of the task, which must not have been resumed yet.
    func expect(_ exchange: Exchange, for identifier: Int) {
        exchanges.withLock { $0[identifier] = exchange }
    }

    private func exchange(of task: URLSessionTask) -> Exchange? {
        exchanges.withLock { $0[task.taskIdentifier] }
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        completionHandler(.allow)
        guard let exchange = exchange(of: dataTask), let response = response as? HTTPURLResponse else { return }
        var headers = HTTPHeaders()
        for (name, value) in response.allHeaderFields {
            guard let name = name as? String, let value = value as? String else { continue }
            // What cannot be a header field is not one.
            try? headers.append(name, value)
        }
        let head = HTTPAnswer.Head(status: response.statusCode, headers: headers)
        if !exchange.onHead(head) { stop(dataTask, exchange) }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        guard let exchange = exchange(of: dataTask), !data.isEmpty else { return }
        if !exchange.onBody([UInt8](data)) { stop(dataTask, exchange) }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        exchanges.withLock { $0.removeValue(forKey: task.taskIdentifier) }?.outcome.settle(error)
    }

    private func stop(_ task: URLSessionTask, _ exchange: Exchange) {
        exchanges.withLock { _ = $0.removeValue(forKey: task.taskIdentifier) }
        exchange.outcome.settle(nil)
        task.cancel()
    }
}
