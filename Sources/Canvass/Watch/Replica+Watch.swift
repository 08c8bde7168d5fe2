import CanvassHTTPClient
import CanvassSQLite
import CanvassStore
import CanvassSync

/// What a watch has to tell.
public enum WatchEvent: Sendable {
    /// A sync that brought or sent something, or met something that a person has to know; the first is always told.
    case synced(SyncOutcome)
    /// The relay cannot be reached; it is tried again after so long.
    case waiting(CanvassError, Duration)
}

extension Replica {
    /// Syncs whenever the relay announces changes, and whenever another program has changed this file, until the task is
    /// cancelled. A relay that goes away is tried again, at longer and longer intervals up to a minute.
    ///
    /// - Throws: `CanvassError` for what no waiting mends: `notJoined`, `deviceRevoked`, `tokenUnknown`.
    public func watch(onEvent: @Sendable (WatchEvent) -> Void) async throws(CanvassError) {
        var pauses = WatchPauses()
        var isFirst = true
        while !Task.isCancelled {
            let (error, retryAfterSeconds): (CanvassError, Int?)
            do throws(CanvassError) {
                guard let ending = try await follow(isFirst: &isFirst, &pauses, onEvent) else { return }
                (error, retryAfterSeconds) = ending
            } catch let failure {
                (error, retryAfterSeconds) = (failure, nil)
            }
            if Task.isCancelled { return }
            guard [.relayUnreachable, .interrupted, .relayRefused].contains(error.code) else { throw error }
            let fraction = Double(environment.random() >> 11) * 0x1p-53
            let pause = pauses.next(retryAfterSeconds: retryAfterSeconds, fraction: fraction)
            onEvent(.waiting(error, pause))
            try? await Task.sleep(for: pause)
        }
    }

    /// Syncs, and goes on as long as the stream lasts.
    ///
    /// - Returns: why it ended, and how long the relay asks to be left alone; nil when the task was cancelled.
    private func follow(
        isFirst: inout Bool, _ pauses: inout WatchPauses, _ onEvent: @Sendable (WatchEvent) -> Void
    ) async throws(CanvassError) -> (CanvassError, Int?)? {
        var outcome = try await sync()
        if isFirst || outcome.isAnything { onEvent(.synced(outcome)) }
        isFirst = false
        var end = try lastPosition()
        let (relay, token) = try read { (try $0.metaText(.relay) ?? "", try $0.metaText(.token) ?? "") }
        guard let transport = HTTPTransport(address: relay) else { return nil }
        let (wakes, wake) = AsyncStream.makeStream(of: Wake.self)
        let position = outcome.position
        let listening = Task {
            do throws(WatchFailure) {
                try await transport.watch(after: position, token: token) { wake.yield(.announced($0)) }
                wake.yield(.ended(WatchFailure(failure: .interrupted("the relay ended the stream"))))
            } catch {
                wake.yield(.ended(error))
            }
        }
        let looking = Task { [self, end] in
            var last = end
            while true {
                try await Task.sleep(for: .milliseconds(500))
                guard let now = try? lastPosition(), now != last else { continue }
                last = now
                wake.yield(.written(now))
            }
        }
        defer {
            listening.cancel()
            looking.cancel()
        }
        for await event in wakes {
            switch event {
            case .ended(let ended):
                return (CanvassError(ended.failure, relay: relay, during: .sync), ended.retryAfterSeconds)
            case .announced(let position) where position <= outcome.position: pauses.succeed()
            case .written(let position) where position == end: continue
            case .announced, .written:
                pauses.succeed()
                outcome = try await sync()
                end = try lastPosition()
                if outcome.isAnything { onEvent(.synced(outcome)) }
            }
        }
        return nil
    }

    private func lastPosition() throws(CanvassError) -> Int64 { try read { try $0.lastLogPosition() } }
}

/// Why a watch syncs, or ends.
private enum Wake: Sendable {
    case announced(UInt64)
    /// The log has got this far.
    case written(Int64)
    case ended(WatchFailure)
}

extension SyncOutcome {
    /// Whether there is anything to tell.
    fileprivate var isAnything: Bool {
        received + pushed + carried > 0 || !refused.isEmpty || !void.isEmpty || !divergent.isEmpty
    }
}
