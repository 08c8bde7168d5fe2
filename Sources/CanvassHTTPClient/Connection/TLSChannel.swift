import CanvassCCurl

/// A TLS connection. The system's libcurl makes it and encrypts; HTTP is spoken over it here, as over a plain one (decision
/// 0009).
final class TLSChannel: ByteChannel {
    private let channel: curl_channel

    private init(_ channel: curl_channel) {
        self.channel = channel
    }

    deinit { curl_channel_close(channel) }

    var descriptor: Int32 { curl_channel_descriptor(channel) }

    /// Connects, and checks that the certificate is the host's.
    static func connect(
        to origin: HTTPOrigin, interrupter: Interrupter, patience: HTTPPatience
    ) throws(HTTPClientError) -> TLSChannel {
        var failure = curl_failure()
        let milliseconds = max(Int(patience.connecting / .milliseconds(1)), 1)
        // With the port always: whether it is implied is for the Host header alone.
        let host = origin.host.contains(":") ? "[\(origin.host)]" : origin.host
        let channel = curl_channel_open(
            "https://\(host):\(origin.port)/", milliseconds, interrupter.descriptor, &failure)
        guard channel.connection != nil else { throw HTTPClientError(failure, patience: patience) }
        return TLSChannel(channel)
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> ChannelTransfer {
        var count = 0
        return transfer(curl_channel_send(channel, bytes.baseAddress, bytes.count, &count), count)
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> ChannelTransfer {
        var count = 0
        let result = curl_channel_receive(channel, buffer.baseAddress, buffer.count, &count)
        return result == CURL_CHANNEL_OK && count == 0 ? .ended : transfer(result, count)
    }

    private func transfer(_ result: curl_channel_result, _ count: Int) -> ChannelTransfer {
        switch result {
        case CURL_CHANNEL_OK: .bytes(count)
        case CURL_CHANNEL_AGAIN: .wouldBlock
        default: .broken(String(cString: curl_channel_reason(channel)))
        }
    }
}

extension HTTPClientError {
    fileprivate init(_ failure: curl_failure, patience: HTTPPatience) {
        let words = withUnsafeBytes(of: failure.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        switch failure.kind {
        case CURL_FAILURE_UNAVAILABLE:
            self = .tlsUnavailable("https needs the system's libcurl with TLS, version 4 of its interface: \(words)")
        case CURL_FAILURE_UNKNOWN_HOST: self = .unknownHost(words)
        case CURL_FAILURE_NO_CONNECTION where failure.errorNumber != 0:
            self = HTTPClientError(connecting: failure.errorNumber, patience: patience)
        case CURL_FAILURE_NO_CONNECTION: self = .noRoute(words)
        case CURL_FAILURE_TIMEOUT: self = .connectTimedOut(patience.connecting)
        case CURL_FAILURE_STOPPED: self = .cancelled
        case CURL_FAILURE_CERTIFICATE: self = .certificate(words)
        case CURL_FAILURE_TLS: self = HTTPClientError.tls(words)
        default: self = .broken(words)
        }
    }

    /// What a handshake that failed means: libraries for TLS have only words for it.
    private static func tls(_ words: String) -> HTTPClientError {
        let known = ["wrong version number", "unknown protocol", "http request", "record overflow", "packet length"]
        return known.contains { words.lowercased().contains($0) } ? .noTLS : .broken(words)
    }
}
