import CanvassHTTP
package import CanvassSync
package import CanvassWire

/// A relay over HTTP, by sockets of our own, or over HTTPS, by the system's URLSession.
package final class HTTPTransport: RelayTransport {
    let client: any HTTPMessenger

    /// Answers beyond this are refused before they are decoded: a page's segments and their frame.
    private static let maximumAnswerBytes = 16 << 20

    /// How long a request waits at most, all in all, where the relay says that it comes too early.
    private static let mostWaitingSeconds = 60

    /// - Parameters:
    ///   - address: `http://HOST:PORT` or `https://HOST`, with a path where a proxy needs one.
    ///   - timeoutSeconds: how long nothing may come or go before a request is given up.
    /// - Returns: nil for any other address.
    package init?(address: String, timeoutSeconds: Int = 60) {
        guard let origin = HTTPOrigin(address: address) else { return nil }
        let patience = HTTPPatience(silence: .seconds(timeoutSeconds))
        client = origin.isSecure ? SecureClient(origin, patience: patience) : HTTPClient(origin, patience: patience)
    }

    package func join(_ request: JoinRequest) async throws(SyncFailure) -> JoinAnswer {
        try await post("/v1/join", request, token: nil)
    }

    package func sync(_ request: SyncRequest, token: String) async throws(SyncFailure) -> SyncAnswer {
        try await post("/v1/sync", request, token: token)
    }

    private func post<Answer: Message>(
        _ path: String, _ message: some Message, token: String?
    ) async throws(SyncFailure) -> Answer {
        let headers = try HTTPTransport.headers(
            ["Content-Type": MessageFormat.cbor.contentType, "Accept": MessageFormat.cbor.contentType], token: token)
        let request = HTTPRequest(method: "POST", path: path, headers: headers, body: message.encoded())
        let answer = try await sendPatiently(request)
        return try HTTPTransport.read(answer)
    }

    /// Sends a request, and again where the relay says that it came too early, and when it may come.
    private func sendPatiently(_ request: HTTPRequest) async throws(SyncFailure) -> HTTPAnswer {
        var left = HTTPTransport.mostWaitingSeconds
        while true {
            let answer = try await client.answer(to: request, maximumBytes: HTTPTransport.maximumAnswerBytes)
            guard answer.head.status == 429, let seconds = answer.head.retryAfterSeconds, (0...left).contains(seconds)
            else { return answer }
            // Even none is counted, so that this ends.
            left -= max(1, seconds)
            do {
                try await Task.sleep(for: .seconds(seconds))
            } catch {
                throw SyncFailure.interrupted("the sync was stopped")
            }
        }
    }

    /// Segments are compressed already, so nothing is won by asking for a coding of the whole.
    static func headers(_ own: KeyValuePairs<String, String>, token: String?) throws(SyncFailure) -> HTTPHeaders {
        var headers: HTTPHeaders = ["Accept-Encoding": "identity", "User-Agent": "canvass"]
        do {
            for (name, value) in own { try headers.append(name, value) }
            if let token { try headers.append("Authorization", "Bearer \(token)") }
        } catch {
            // A token that is damaged so that it cannot be sent is no token.
            throw SyncFailure.refused(Problem(.unknownToken, "The device's token cannot be sent."))
        }
        return headers
    }

    private static func read<Answer: Message>(_ answer: HTTPAnswer) throws(SyncFailure) -> Answer {
        if let coding = answer.head.headers["Content-Encoding"], coding.lowercased() != "identity" {
            throw SyncFailure.notARelay("it answers in the coding \(coding), for which nobody asked")
        }
        do {
            return try Answer(
                status: answer.head.status, contentType: answer.head.headers["Content-Type"] ?? "", body: answer.body)
        } catch .invalidAnswer where answer.head.isEndedByClose {
            // Where the end of the connection is the end of the answer, nobody can tell a cut one otherwise.
            throw SyncFailure.interrupted("the answer has no end")
        }
    }
}
