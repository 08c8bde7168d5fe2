package import CanvassCRDT
package import CanvassWire

/// What the commit of one page brought.
package struct SyncProgress: Sendable, Hashable {
    /// Changes applied that the replica had not held.
    package var received: Int
    /// Own changes that the relay holds now and did not before, as its vectors say.
    package var pushed: Int
    /// Changes of other devices that this one handed on: the relay holds them now and did not before.
    package var carried: Int
    /// Scopes of which this replica could hand the relay more, by what it has just told.
    package var toPush: Set<ScopeID>
    /// Scopes that the bookmark covers now and did not before.
    package var covered: Int
    /// Whether the bookmark moved or a roster came: the next answer can be another one, even if this page was empty.
    package var hasAdvanced: Bool
    /// Whether scopes remain that were granted after the bookmark was made, and have to be asked for by vector.
    package var hasUncoveredScopes: Bool
    /// Scopes in which this replica and another with the same version vector report different digests.
    package var divergent: [ScopeID]
    /// The relay's clock minus the device's, milliseconds.
    package var clockOffset: Int64

    package init(
        received: Int = 0, pushed: Int = 0, carried: Int = 0, toPush: Set<ScopeID> = [], covered: Int = 0,
        hasAdvanced: Bool = false, hasUncoveredScopes: Bool = false, divergent: [ScopeID] = [], clockOffset: Int64 = 0
    ) {
        self.received = received
        self.pushed = pushed
        self.carried = carried
        self.toPush = toPush
        self.covered = covered
        self.hasAdvanced = hasAdvanced
        self.hasUncoveredScopes = hasUncoveredScopes
        self.divergent = divergent
        self.clockOffset = clockOffset
    }

    var isAnything: Bool { received > 0 || pushed > 0 || carried > 0 || covered > 0 || hasAdvanced }
}

/// What a whole sync did.
package struct SyncSummary: Sendable, Hashable {
    package var rounds = 0
    package var received = 0
    package var pushed = 0
    package var carried = 0
    package var refused: [SyncAnswer.Refusal] = []
    /// Changes of others that the relay cannot check yet. Nothing is wrong: they wait here.
    package var waiting: [SyncAnswer.Refusal] = []
    package var divergent: Set<ScopeID> = []
    /// The relay's clock minus the device's at the last round, milliseconds.
    package var clockOffset: Int64 = 0
    /// The position that the relay's log had reached at the last round.
    package var position: UInt64 = 0

    package init() {}

    mutating func add(_ progress: SyncProgress) {
        rounds += 1
        received += progress.received
        pushed += progress.pushed
        carried += progress.carried
        divergent.formUnion(progress.divergent)
        clockOffset = progress.clockOffset
    }
}
