import CanvassCRDT
import CanvassHTTP

/// What became of a request: its answer, and what the logs say of it.
struct RelayOutcome: Sendable {
    var response: HTTPResponse
    /// What was done and for whom, where anything was.
    var deed: Deed?
    /// From when it was taken up to when its answer was ready, the commit included.
    var elapsed = Duration.zero

    enum Deed: Sendable {
        case joined(device: EntityID, member: EntityID)
        case synced(SyncDeed)
        /// A request that its token, its invite or its role did not allow.
        case denied(reason: String)
    }

    init(_ response: HTTPResponse, _ deed: Deed? = nil) {
        self.response = response
        self.deed = deed
    }
}

/// Who synced, and what went either way: changes by scope.
struct SyncDeed: Sendable {
    let device: EntityID
    let members: [EntityID]
    var pulled: [ScopeID: Int] = [:]
    var pushed: [ScopeID: Int] = [:]
    /// Segments.
    var refusedCount = 0

    mutating func note(_ receiver: PushReceiver) {
        pushed = receiver.taken
        refusedCount = receiver.refused.count
    }
}
