package import CanvassCRDT
package import CanvassWire

/// One sync of one replica with one relay, as a state machine without I/O: events in, actions out. HTTP, files and the
/// simulator drive the same one.
///
/// ```
/// idle ──start──▶ preparing ──prepared──▶ sending ──answered──▶ committing ──committed──▶ preparing … or finished
///                   ▲  ▲                   │ │ reset                                        │
///                   │  └──── forgetting ◀──┘ │                any failure ─▶ finished ◀───────┘
///                   └─paused── pausing ◀─────┘ interrupted
/// ```
///
/// Invariants:
/// 1. One request is under way at most; an answer is committed before the next request is prepared, so a request always
///    tells the truth about what the replica holds durably.
/// 2. What to push is derived from the relay's vectors as it last told them, never from what was sent.
/// 3. A round that brings neither a change, nor an accepted push, nor a covered scope, nor a roster, nor a bookmark that
///    moved, nor a scope to withhold or to retry is the last one.
/// 4. A scope whose push was refused is not pushed again in this session, except once after a gap, whose answer carries
///    the vector to go by, and when a roster comes after the relay said that the device may not write there. Changes of others that the relay cannot check yet keep nothing else from being pushed.
/// 5. A round whose connection broke is repeated with a quarter of the size, a bounded number of times in a row. Whether
///    the relay took its push nobody knows; by invariant 2 nobody needs to.
package struct SyncSession: Sendable {
    package enum Event: Sendable {
        case start
        /// The request that the replica's present state asks for, and whether more is left to push after it.
        case prepared(SyncRequest, hasMoreToPush: Bool)
        case answered(SyncAnswer)
        /// The replica forgot the bookmark and the relay's vectors.
        case forgotten
        case committed(SyncProgress)
        case paused
        case failed(SyncFailure)
    }

    package enum Action: Sendable {
        /// Build a request from the replica, leaving out pushes to these scopes; it carries what a full one does, quartered
        /// so many times.
        case prepare(withholding: Set<ScopeID>, quarterings: Int)
        case send(SyncRequest)
        /// Forget the bookmark and what was known of the relay: it is another one than before.
        case forget
        /// Apply the page, the vectors, the roster and the bookmark in one transaction.
        case commit(SyncAnswer, pushed: SyncRequest)
        /// Wait before the next attempt, longer with each loss in a row.
        ///
        /// - Parameter losses: from 1.
        case pause(losses: Int)
        case finish(SyncSummary)
        case fail(SyncFailure, SyncSummary)
    }

    private enum State: Sendable {
        case idle, preparing, forgetting, pausing
        case sending(SyncRequest, hasMoreToPush: Bool)
        case committing(SyncAnswer, hasMoreToPush: Bool)
        case finished
    }

    private var state = State.idle
    private var summary = SyncSummary()
    private var withheld: Set<ScopeID> = []
    private var scopesWithGap: Set<ScopeID> = []
    /// Scopes that the relay said are not to be written, since its last roster: another one may say otherwise.
    private var forbidden: Set<ScopeID> = []
    private var wasReset = false
    private var size = RoundSize()

    package init() {}

    /// Feeds one event and returns what to do next.
    ///
    /// - Precondition: the event answers the last action.
    package mutating func handle(_ event: Event) -> [Action] {
        switch (state, event) {
        case (.idle, .start), (.forgetting, .forgotten), (.pausing, .paused):
            return prepare()
        case (.preparing, .prepared(let request, let hasMoreToPush)):
            state = .sending(request, hasMoreToPush: hasMoreToPush)
            return [.send(request)]
        case (.sending(_, _), .answered(let answer)) where answer.isReset:
            guard !wasReset else { return fail(.invalidAnswer("the relay forgets its own bookmarks")) }
            wasReset = true
            state = .forgetting
            return [.forget]
        case (.sending(let request, let hasMoreToPush), .answered(let answer)):
            state = .committing(answer, hasMoreToPush: hasMoreToPush)
            return [.commit(answer, pushed: request)]
        case (.committing(let answer, let hasMoreToPush), .committed(let progress)):
            return proceed(after: answer, progress, hasMoreToPush: hasMoreToPush)
        case (.sending(_, _), .failed(.interrupted(let reason))):
            guard size.lose() else { return fail(.interrupted(reason)) }
            state = .pausing
            return [.pause(losses: size.losses)]
        case (_, .failed(let failure)):
            return fail(failure)
        default:
            preconditionFailure("the event \(event) does not answer the last action")
        }
    }

    private mutating func proceed(
        after answer: SyncAnswer, _ progress: SyncProgress, hasMoreToPush: Bool
    ) -> [Action] {
        summary.add(progress)
        summary.position = answer.position
        size.succeed()
        let earlierGaps = scopesWithGap
        let reopened = answer.roster == nil ? [] : forbidden
        reopen(reopened)
        let withheldBefore = withheld.count
        let waitingScopes = Set(answer.refused.lazy.filter(\.isWaiting).map(\.scope))
        for refusal in answer.refused {
            if refusal.isWaiting {
                // Named again, it is pushed in vain: the replica has no seal of it that it could put aside.
                if summary.waiting.contains(refusal) { withheld.insert(refusal.scope) }
                summary.waiting.append(refusal)
            } else if refusal.isGap, waitingScopes.contains(refusal.scope) {
                // Made upon what waits: it waits, too, and the replica will not push the one without the other.
                continue
            } else if refusal.isGap, !earlierGaps.contains(refusal.scope) {
                // One answer may refuse every segment of the scope behind the first.
                scopesWithGap.insert(refusal.scope)
            } else {
                withheld.insert(refusal.scope)
                if refusal.isForbidden { forbidden.insert(refusal.scope) }
                summary.refused.append(refusal)
            }
        }
        #if PLANTED_BUGS
            if planted(.stopsEarly) { return [.finish(summary)] }
        #endif
        let retriesGap = scopesWithGap.count > earlierGaps.count || !reopened.subtracting(withheld).isEmpty
        let mustGoOn = answer.more || hasMoreToPush || retriesGap || progress.hasUncoveredScopes
        let canPush = !progress.toPush.subtracting(withheld).isEmpty
        // A scope withheld from now on is progress: what it kept from being pushed fits the next request.
        let isProgress = progress.isAnything || retriesGap || withheld.count > withheldBefore
        if isProgress, mustGoOn || canPush { return prepare() }
        guard !mustGoOn else { return fail(.stalled) }
        state = .finished
        return [.finish(summary)]
    }

    /// Lets scopes be pushed to again.
    private mutating func reopen(_ scopes: Set<ScopeID>) {
        withheld.subtract(scopes)
        forbidden.subtract(scopes)
        summary.refused.removeAll { scopes.contains($0.scope) && $0.isForbidden }
    }

    private mutating func prepare() -> [Action] {
        state = .preparing
        return [.prepare(withholding: withheld, quarterings: size.quarterings)]
    }

    private mutating func fail(_ failure: SyncFailure) -> [Action] {
        state = .finished
        return [.fail(failure, summary)]
    }
}

extension SyncAnswer.Refusal {
    /// The relay cannot tell who made the changes: they wait, and the replica remembers not to push them in vain.
    fileprivate var isWaiting: Bool {
        [RefusalReason.unproven.rawValue, RefusalReason.unknownAuthor.rawValue].contains(reason)
    }

    fileprivate var isForbidden: Bool { reason == RefusalReason.forbidden.rawValue }

    /// Something that has to come before is not there.
    fileprivate var isGap: Bool {
        [RefusalReason.gap.rawValue, RefusalReason.unmarked.rawValue].contains(reason)
    }
}
