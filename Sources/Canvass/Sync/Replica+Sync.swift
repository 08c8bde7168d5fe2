import CanvassHTTPClient
public import CanvassCRDT
import CanvassCoding
import CanvassSQLite
package import CanvassStore
package import CanvassSync
import CanvassWire

/// What a sync did.
public struct SyncOutcome: Sendable, Hashable {
    /// Changes that the relay had and this replica had not.
    public var received: Int
    /// Own changes that the relay has now and had not.
    public var pushed: Int
    /// Changes of other devices that this one handed to the relay.
    public var carried: Int
    /// Round trips.
    public var rounds: Int
    /// The relay's clock minus the device's, milliseconds.
    public var clockOffsetMilliseconds: Int64
    /// Own changes that the relay did not take, each with the reason; they stay here.
    public var refused: [String]
    /// Changes that cannot go to the relay yet, each with the reason. Nothing is wrong: they stay here, and go later.
    public var waiting: [String]
    /// Changes that this device sent, or had yet to send, and that have no effect, each reason once.
    public var void: [VoidChanges]
    /// Scopes in which another replica with the same changes reports another state. This must never happen.
    public var divergent: [ScopeID]
    /// The position that the relay's log had reached.
    package var position: UInt64
}

extension Replica {
    /// Sends what the relay lacks and takes what this replica lacks, until both have everything they may have.
    ///
    /// A broken sync loses nothing: every page that arrived is committed, and the next sync goes on from there. A relay that
    /// lost this device takes it back by its certificate, and is filled again.
    ///
    /// - Parameter onProgress: called after each page with the changes received and pushed so far.
    /// - Throws: `CanvassError` with `notJoined`, `relayUnreachable`, `interrupted`, `deviceRevoked`, `tokenUnknown`,
    ///   `relayRefused`.
    @discardableResult
    public func sync(
        onProgress: @Sendable (_ received: Int, _ pushed: Int) -> Void = { _, _ in }
    ) async throws(CanvassError) -> SyncOutcome {
        let (relay, token) = try read { connection in
            (try connection.metaText(.relay), try connection.metaText(.token))
        }
        guard let relay, let token, let transport = HTTPTransport(address: relay) else {
            throw CanvassError(
                .notJoined, "This device has not joined a relay yet",
                remedy: "Join with the link of an invite: canvass join LINK")
        }
        do {
            return try await sync(over: transport, token: token, relay: relay, onProgress: onProgress)
        } catch  where error.code == .tokenUnknown {
            guard let token = try await joinAgain(over: transport, relay: relay) else { throw error }
            return try await sync(over: transport, token: token, relay: relay, onProgress: onProgress)
        }
    }

    /// Drives a session over any transport.
    ///
    /// - Parameter pause: waits before the next attempt after so many losses in a row, from 1.
    package func sync(
        over transport: some RelayTransport, token: String, relay: String, limits: SyncLimits = SyncLimits(),
        pause: @Sendable (_ losses: Int) async throws -> Void = Replica.pause,
        onProgress: @Sendable (_ received: Int, _ pushed: Int) -> Void = { _, _ in }
    ) async throws(CanvassError) -> SyncOutcome {
        try requireWritable()
        let before = try read { connection in
            (void: Set(try connection.ownVoidChanges()), sent: try connection.ownSequencesAtRelay())
        }
        var session = SyncSession()
        var actions = session.handle(.start)
        var received = 0
        var pushed = 0
        while let action = actions.first {
            switch action {
            case .prepare(let withheld, let quarterings):
                let prepared = try explaining {
                    try store.prepareSync(
                        withholding: withheld, clockMilliseconds: environment.nowMilliseconds(),
                        limits: limits.quartered(times: quarterings))
                }
                actions = session.handle(.prepared(prepared.request, hasMoreToPush: prepared.hasMoreToPush))
            case .send(let request):
                actions = session.handle(await answer(to: request, over: transport, token: token))
            case .forget:
                try explaining { try store.forgetRelayPosition() }
                actions = session.handle(.forgotten)
            case .commit(let answer, let request):
                let progress = try explaining {
                    try store.commitPage(
                        answer, for: request, clockMilliseconds: environment.nowMilliseconds())
                }
                received += progress.received
                pushed += progress.pushed
                onProgress(received, pushed)
                actions = session.handle(.committed(progress))
            case .pause(let losses):
                do {
                    try await pause(losses)
                    actions = session.handle(.paused)
                } catch {
                    actions = session.handle(.failed(.interrupted("the sync was stopped")))
                }
            case .finish(let summary):
                try refreshViewsIfNeeded()
                try removeRemains()
                let void = try read { connection in try connection.ownVoidChanges() }.filter { change in
                    !before.void.contains(change) && change.sequence > before.sent[change.scope] ?? 0
                }
                return SyncOutcome(
                    summary, refused: try descriptions(of: summary.refused), waiting: try waiting(),
                    void: VoidChanges.counted(void))
            case .fail(let failure, _):
                try refreshViewsIfNeeded()
                throw CanvassError(failure, relay: relay, during: .sync)
            }
        }
        throw CanvassError(.interrupted, "The sync stopped without an end", remedy: "Try again.")
    }

    /// A quarter of a second, and twice as long after each loss more: 16 s for the six that end a sync.
    package static func pause(losses: Int) async throws {
        try await Task.sleep(for: .milliseconds(250 << min(max(losses - 1, 0), 5)))
    }

    /// What cannot go to the relay yet. To say whose it is takes a look at the whole file, and nearly always nothing waits.
    private func waiting() throws(CanvassError) -> [String] {
        try read { connection in try connection.waitingChanges() }.isEmpty ? [] : try status().waiting
    }

    /// Removes what was erased from the file for good, if this sync, or one before it, brought the marks.
    private func removeRemains() throws(CanvassError) {
        _ = try explaining { try store.removeRemains() }
    }

    private func answer(
        to request: SyncRequest, over transport: some RelayTransport, token: String
    ) async -> SyncSession.Event {
        do {
            return .answered(try await transport.sync(request, token: token))
        } catch {
            return .failed(error)
        }
    }
}

extension SyncOutcome {
    init(_ summary: SyncSummary, refused: [String], waiting: [String], void: [VoidChanges]) {
        self.init(
            received: summary.received, pushed: summary.pushed, carried: summary.carried, rounds: summary.rounds,
            clockOffsetMilliseconds: summary.clockOffset, refused: refused, waiting: waiting, void: void,
            divergent: summary.divergent.sorted(), position: summary.position)
    }
}
