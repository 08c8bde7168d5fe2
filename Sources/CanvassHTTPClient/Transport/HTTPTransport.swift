package import CanvassSync
package import CanvassWire
import CanvassCoding
import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A relay over HTTP or HTTPS, by the system's URLSession: the only part of Canvass that uses FoundationNetworking.
///
/// A session on Linux keeps asking whether a connection that it had to open can be written to, which it can, for as long
/// as an answer takes: a whole core. A connection that it uses again is quiet (decision 0004). So each connection is opened
/// with a request that is answered at once, and the requests whose answers take their time follow on it.
package final class HTTPTransport: RelayTransport {
    private let base: URL
    private let session: URLSession
    private let timeoutSeconds: Int
    private let isGreeted = Mutex(false)

    /// Answers beyond this are refused before they are decoded: a page's segments and their frame.
    private static let maximumAnswerBytes = 16 << 20

    /// A relay that does not say within this time that it is there is not waited for.
    private static let greetingTimeoutSeconds = 15

    /// - Parameters:
    ///   - address: `http://HOST:PORT` or `https://HOST`, with a path where a proxy needs one.
    ///   - timeoutSeconds: how long nothing may come or go before a request is given up.
    /// - Returns: nil for any other address.
    package init?(address: String, timeoutSeconds: Int = 60) {
        guard let url = URL(string: address), let scheme = url.scheme?.lowercased(),
            ["http", "https"].contains(scheme),
            url.host?.isEmpty == false
        else { return nil }
        base = url
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = Double(timeoutSeconds)
        configuration.httpShouldSetCookies = false
        session = URLSession(configuration: configuration)
        self.timeoutSeconds = timeoutSeconds
    }

    deinit { session.finishTasksAndInvalidate() }

    package func join(_ request: JoinRequest) async throws(SyncFailure) -> JoinAnswer {
        try await post("v1/join", request, token: nil)
    }

    package func sync(_ request: SyncRequest, token: String) async throws(SyncFailure) -> SyncAnswer {
        try await post("v1/sync", request, token: token)
    }

    private func post<Answer: Message>(
        _ path: String, _ message: some Message, token: String?
    ) async throws(SyncFailure) -> Answer {
        var request = URLRequest(url: base.appending(path: path))
        request.httpMethod = "POST"
        request.httpBody = Data(message.encoded())
        request.setValue(MessageFormat.cbor.contentType, forHTTPHeaderField: "Content-Type")
        request.setValue(MessageFormat.cbor.contentType, forHTTPHeaderField: "Accept")
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        try await greet()
        let (data, response) = try await send(request, timeoutSeconds: timeoutSeconds)
        guard let http = response as? HTTPURLResponse else {
            throw SyncFailure.notARelay("no HTTP answer")
        }
        guard data.count <= HTTPTransport.maximumAnswerBytes else {
            throw SyncFailure.invalidAnswer("\(data.count) bytes, the limit is \(HTTPTransport.maximumAnswerBytes)")
        }
        let body = [UInt8](data)
        guard http.statusCode == 200 else { throw HTTPTransport.failure(status: http.statusCode, body: body) }
        let type = http.value(forHTTPHeaderField: "Content-Type") ?? ""
        guard type.hasPrefix(MessageFormat.cbor.contentType) else {
            throw SyncFailure.notARelay("it answers with \(type.isEmpty ? "no content type" : type)")
        }
        do {
            return try Answer(decoding: body)
        } catch {
            throw SyncFailure.invalidAnswer(error.description)
        }
    }

    /// A problem of the relay's, one of its HTTP layer's or of a later version's (by its status), or somebody else's page.
    private static func failure(status: Int, body: [UInt8]) -> SyncFailure {
        if let value = try? JSON.decode(body), value["type"]?.textValue != nil {
            return .refused(Problem(value: value) ?? Problem(status: status, value: value))
        }
        switch status {
        case 502, 503, 504: return .unreachable("a proxy answers with status \(status)")
        default: return .notARelay("it answers with status \(status)")
        }
    }

    /// Opens a connection for the requests to come, unless one is there. Whatever answers, the request will say what it is.
    private func greet() async throws(SyncFailure) {
        guard !isGreeted.withLock({ $0 }) else { return }
        var request = URLRequest(url: base.appending(path: "healthz"))
        request.httpMethod = "HEAD"
        _ = try await send(request, timeoutSeconds: min(HTTPTransport.greetingTimeoutSeconds, timeoutSeconds))
        isGreeted.withLock { $0 = true }
    }

    private func send(
        _ request: URLRequest, timeoutSeconds: Int
    ) async throws(SyncFailure) -> (Data, URLResponse) {
        var request = request
        request.timeoutInterval = Double(timeoutSeconds)
        do {
            return try await session.data(for: request)
        } catch {
            // The connection is gone, too.
            isGreeted.withLock { $0 = false }
            throw SyncFailure(error, host: base.host ?? "", timeoutSeconds: timeoutSeconds)
        }
    }
}
