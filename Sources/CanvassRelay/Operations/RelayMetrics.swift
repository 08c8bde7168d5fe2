import CanvassHTTP
import CanvassHTTPServer
import Synchronization

/// What a relay counts while it serves, for `GET /metrics`. Counts begin at 0 with the process.
final class RelayMetrics: Sendable {
    struct Counts: Sendable {
        /// By address and status.
        var requests: [RequestKind: Int] = [:]
        /// By address.
        var durations: [String: Histogram] = [:]
        var receivedBytes: [String: Int] = [:]
        var sentBytes: [String: Int] = [:]
        /// Requests that shared one commit.
        var commitSizes = Histogram.batchSizes
        var commitDurations = Histogram.seconds
        var failedCommits = 0
        var pulledChanges = 0
        var pushedChanges = 0
        var refusedSegments = 0
    }

    struct RequestKind: Hashable, Sendable, Comparable {
        /// The path where it is one of the relay's; "other" for all others, which anybody may make up.
        let route: String
        let status: Int

        static func < (left: RequestKind, right: RequestKind) -> Bool {
            (left.route, left.status) < (right.route, right.status)
        }
    }

    private let state = Mutex(Counts())
    private let server = Mutex<HTTPServerStatistics?>(nil)

    var counts: Counts { state.withLock { $0 } }

    /// What the server before this relay counts; nil where it is asked without one.
    var serverCounts: HTTPServerStatistics.Counts? { server.withLock { $0 }?.counts }

    func watch(_ statistics: HTTPServerStatistics) { server.withLock { $0 = statistics } }

    /// Takes the requests of one turn of the server.
    func record(_ outcomes: [RelayOutcome], of batch: [HTTPIncomingRequest]) {
        state.withLock { counts in
            for (outcome, incoming) in zip(outcomes, batch) {
                let route = Route(rawValue: incoming.request.path)?.rawValue ?? "other"
                counts.requests[RequestKind(route: route, status: outcome.response.status), default: 0] += 1
                counts.durations[route, default: .seconds].record(outcome.elapsed / .seconds(1))
                counts.receivedBytes[route, default: 0] += incoming.request.body.count
                counts.sentBytes[route, default: 0] += outcome.response.body.count
                guard case .synced(let deed) = outcome.deed else { continue }
                counts.pulledChanges += deed.pulled.values.reduce(0, +)
                counts.pushedChanges += deed.pushed.values.reduce(0, +)
                counts.refusedSegments += deed.refusedCount
            }
        }
    }

    /// - Parameter size: requests that shared the commit.
    func recordCommit(size: Int, elapsed: Duration, failed: Bool) {
        state.withLock { counts in
            counts.commitSizes.record(Double(size))
            counts.commitDurations.record(elapsed / .seconds(1))
            if failed { counts.failedCommits += 1 }
        }
    }
}
