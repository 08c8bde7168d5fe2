import CanvassCoding
import CanvassHTTP
package import CanvassSync
import Synchronization

/// A watch that the relay did not allow, or that broke.
package struct WatchFailure: Error, Sendable, Hashable {
    package var failure: SyncFailure
    /// How long the relay asks to be left alone.
    package var retryAfterSeconds: Int?

    package init(failure: SyncFailure, retryAfterSeconds: Int? = nil) {
        self.failure = failure
        self.retryAfterSeconds = retryAfterSeconds
    }
}

extension HTTPTransport {
    /// Listens for announcements (Protocol/README.md, section 19) until the relay ends the stream or the task is cancelled.
    ///
    /// - Parameters:
    ///   - position: that of the last sync.
    ///   - onPosition: called with the position of each announcement.
    package func watch(
        after position: UInt64, token: String, onPosition: @escaping @Sendable (UInt64) -> Void
    ) async throws(WatchFailure) {
        let reading = Mutex(Reading())
        do throws(SyncFailure) {
            let headers = try HTTPTransport.headers(
                ["Accept": "text/event-stream", "Last-Event-ID": "\(position)"], token: token)
            let request = HTTPRequest(method: "GET", path: "/v1/watch", headers: headers)
            try await client.watch(request) { head in
                reading.withLock { $0.head = head }
                return true
            } onBody: { bytes in
                reading.withLock { $0.take(bytes) { onPosition($0) } }
            }
        } catch {
            throw WatchFailure(failure: error)
        }
        let ended = reading.withLock { $0 }
        guard let head = ended.head else {
            throw WatchFailure(failure: .interrupted("it was closed without an answer"))
        }
        guard head.isEventStream else {
            let failure =
                head.status == 200
                ? SyncFailure.notARelay(
                    "it answers to a watch with \(head.headers["Content-Type"] ?? "no content type")")
                : SyncFailure(status: head.status, body: ended.refusal)
            throw WatchFailure(failure: failure, retryAfterSeconds: head.retryAfterSeconds)
        }
        if ended.isTooLong { throw WatchFailure(failure: .invalidAnswer("an event has no end")) }
    }
}

/// What has come of a watch.
private struct Reading {
    var head: HTTPAnswer.Head?
    /// The body of an answer that is no stream.
    var refusal: [UInt8] = []
    var isTooLong = false
    private var parser = EventStreamParser()

    /// - Returns: whether more is wanted.
    mutating func take(_ bytes: [UInt8], onPosition: (UInt64) -> Void) -> Bool {
        guard head?.isEventStream == true else {
            refusal += bytes
            return refusal.count < 64 << 10
        }
        do {
            for event in try parser.feed(bytes) where event.type == "changes" {
                if let position = UInt64(event.id) { onPosition(position) }
            }
            return true
        } catch {
            isTooLong = true
            return false
        }
    }
}

extension HTTPAnswer.Head {
    fileprivate var isEventStream: Bool {
        status == 200 && headers["Content-Type"]?.hasPrefix("text/event-stream") == true
    }
}
