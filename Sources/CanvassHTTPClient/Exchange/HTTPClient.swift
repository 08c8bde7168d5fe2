package import CanvassHTTP
import Foundation
import Synchronization

/// An HTTP/1.1 client over plain TCP for one origin, with at most one connection put aside for the next request.
///
///     let client = HTTPClient(origin)
///     let answer = try await client.send(HTTPRequest(method: "GET", path: "/healthz"))
///
/// Invariants:
/// 1. No thread of the cooperative pool waits: each exchange has a thread of its own.
/// 2. A connection belongs to one exchange or is put aside, and is put aside only after a whole answer with nothing behind it.
/// 3. A request is sent a second time only when its connection had been used before and ended before a byte of an answer
///    came: then the other side had most likely closed it for its age. All requests of Canvass may be repeated.
/// 4. A cancelled task gets its answer at once; its connection is closed.
package final class HTTPClient: Sendable {
    package let origin: HTTPOrigin
    private let patience: HTTPPatience
    private let putAside = Mutex<SocketChannel?>(nil)

    package init(_ origin: HTTPOrigin, patience: HTTPPatience = HTTPPatience()) {
        self.origin = origin
        self.patience = patience
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// - Parameter request: its path goes behind that of the origin.
    package func send(
        _ request: HTTPRequest, limits: HTTPLimits = HTTPLimits()
    ) async throws(HTTPClientError) -> HTTPAnswer {
        let collector = AnswerCollector()
        try await exchange(request, limits: limits) { part in
            switch part {
            case .head(let head): collector.begin(HTTPAnswer.Head(head))
            case .body(let bytes): collector.append(bytes)
            }
            return true
        }
        guard let answer = collector.answer else { throw .answer(.noAnswer) }
        return answer
    }

    /// Sends a request and hands over the body of its answer as it comes, however long that goes on.
    ///
    /// Nothing more is received while `onBody` works. Silence ends it, so whoever sends events has to send something from
    /// time to time.
    ///
    /// - Parameters:
    ///   - onHead: false ends it, without an error.
    ///   - onBody: the next bytes; false ends it, without an error.
    package func stream(
        _ request: HTTPRequest, onHead: @escaping @Sendable (HTTPAnswer.Head) -> Bool,
        onBody: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(HTTPClientError) {
        try await exchange(request, limits: HTTPLimits(body: .max)) { part in
            switch part {
            case .head(let head): onHead(HTTPAnswer.Head(head))
            case .body(let bytes): onBody(bytes)
            }
        }
    }

    /// Runs an exchange on a thread of its own.
    private func exchange(
        _ request: HTTPRequest, limits: HTTPLimits, receive: @escaping @Sendable (HTTPExchange.Part) -> Bool
    ) async throws(HTTPClientError) {
        var request = request
        request.path = origin.path + request.path
        guard var output = request.serialisedHead(host: origin.authority) else { throw .unwritable }
        output += request.body
        let (method, bytes) = (request.method, output)
        let interrupter = try Interrupter()
        let outcome = FirstOutcome<Result<Void, HTTPClientError>>()
        let result = await withTaskCancellationHandler {
            await outcome.value(of: {
                Thread.detachNewThread {
                    do throws(HTTPClientError) {
                        try self.perform(bytes, method: method, limits: limits, interrupter: interrupter, receive)
                        outcome.settle(.success(()))
                    } catch {
                        outcome.settle(.failure(error))
                    }
                }
            })
        } onCancel: {
            interrupter.interrupt()
            outcome.settle(.failure(.cancelled))
        }
        try result.get()
    }

    private func perform(
        _ output: [UInt8], method: String, limits: HTTPLimits, interrupter: Interrupter,
        _ receive: (HTTPExchange.Part) -> Bool
    ) throws(HTTPClientError) {
        let used = putAside.withLock { channel in
            defer { channel = nil }
            return channel
        }
        if let used, used.isQuiet {
            var exchange = HTTPExchange(
                output, method: method, on: used, limits: limits, patience: patience, interrupter: interrupter)
            do throws(HTTPClientError) {
                return putAside(used, after: try exchange.run(receive))
            } catch {
                guard !exchange.hasReceived, error.meansClosed else { throw error }
            }
        }
        let fresh = try SocketChannel.connect(to: origin, interrupter: interrupter, patience: patience)
        var exchange = HTTPExchange(
            output, method: method, on: fresh, limits: limits, patience: patience, interrupter: interrupter)
        putAside(fresh, after: try exchange.run(receive))
    }

    private func putAside(_ channel: SocketChannel, after ending: HTTPExchange.Ending) {
        guard case .reusable = ending else { return }
        putAside.withLock { $0 = channel }
    }
}

extension HTTPClientError {
    /// Whether the connection was gone, rather than slow or wrong.
    fileprivate var meansClosed: Bool {
        switch self {
        case .broken, .answer(.noAnswer): true
        default: false
        }
    }
}
