package import CanvassCRDT
package import CanvassWire

/// What the commit of one page brought.
package struct SyncProgress: Sendable, Hashable {
    /// Changes applied that the replica had not held.
    package var received: Int
    /// Own changes that the relay holds now and did not before, as its vectors say.
    package var pushed: Int
    /// Scopes that the bookmark covers now and did not before.
    package var covered: Int
    /// Scopes that the replica may read now and could not before.
    package var granted: Int
    /// Whether scopes remain that were granted after the bookmark was made, and have to be asked for by vector.
    package var hasUncoveredScopes: Bool
    /// Scopes in which this replica and another with the same version vector report different digests.
    package var divergent: [ScopeID]
    /// The relay's clock minus the device's, milliseconds.
    package var clockOffset: Int64

    package init(
        received: Int = 0, pushed: Int = 0, covered: Int = 0, granted: Int = 0, hasUncoveredScopes: Bool = false,
        divergent: [ScopeID] = [], clockOffset: Int64 = 0
    ) {
        self.received = received
        self.pushed = pushed
        self.covered = covered
        self.granted = granted
        self.hasUncoveredScopes = hasUncoveredScopes
        self.divergent = divergent
        self.clockOffset = clockOffset
    }

    var isAnything: Bool { received > 0 || pushed > 0 || covered > 0 || granted > 0 }
}

/// What a whole sync did.
package struct SyncSummary: Sendable, Hashable {
    package var rounds = 0
    package var received = 0
    package var pushed = 0
    package var refused: [SyncAnswer.Refusal] = []
    package var divergent: Set<ScopeID> = []
    /// The relay's clock minus the device's at the last round, milliseconds.
    package var clockOffset: Int64 = 0

    package init() {}

    mutating func add(_ progress: SyncProgress) {
        rounds += 1
        received += progress.received
        pushed += progress.pushed
        divergent.formUnion(progress.divergent)
        clockOffset = progress.clockOffset
    }
}
