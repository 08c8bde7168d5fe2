package import CanvassSync
package import CanvassWire
import CanvassCoding
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A relay over HTTP or HTTPS, by the system's URLSession: the only part of Canvass that uses FoundationNetworking.
package struct HTTPTransport: RelayTransport {
    private let base: URL
    private let session: URLSession

    /// Answers beyond this are refused before they are decoded: a page's segments and their frame.
    private static let maximumAnswerBytes = 16 << 20

    /// - Parameter address: `http://HOST:PORT` or `https://HOST`, with a path where a proxy needs one.
    /// - Returns: nil for anything else.
    package init?(address: String, timeoutSeconds: Double = 60) {
        guard let url = URL(string: address), let scheme = url.scheme?.lowercased(),
            ["http", "https"].contains(scheme),
            url.host?.isEmpty == false
        else { return nil }
        base = url
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = timeoutSeconds
        configuration.httpShouldSetCookies = false
        session = URLSession(configuration: configuration)
    }

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
        let data: Data
        let response: URLResponse
        do {
            (data, response) = try await session.data(for: request)
        } catch {
            throw HTTPTransport.failure(error)
        }
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

    /// What had a connection and lost it may be tried again at once; what never had one needs a person.
    private static func failure(_ error: any Error) -> SyncFailure {
        guard let error = error as? URLError else { return .interrupted("\(error)") }
        switch error.code {
        case .networkConnectionLost, .badServerResponse, .cannotParseResponse, .zeroByteResource, .cancelled:
            return .interrupted(error.localizedDescription)
        default:
            return .unreachable(error.localizedDescription)
        }
    }
}
