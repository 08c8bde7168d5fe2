import CanvassCRDT
import CanvassStore

extension Replica {
    /// The responses that could be dropped now, because everything in their scope lies inside a verified backup of the
    /// relay.
    public func forgettable() throws(CanvassError) -> [ScopeCount] {
        try named(explaining { try store.forgettableScopes() })
    }

    /// Drops them from this file; a sync leaves them out until `recallForgotten`.
    ///
    /// Where own changes are among them, the replica writes with a new identity from then on, so that it can go on without
    /// them.
    public func forgetAcknowledged() throws(CanvassError) -> [ScopeCount] {
        let names = Dictionary(
            try forgettable().map { ($0.scope, $0.name) }, uniquingKeysWith: { first, _ in first })
        var generator = environment.generator
        let dropped = try explaining {
            try store.forgetAcknowledged(clockMilliseconds: environment.nowMilliseconds(), using: &generator)
        }
        return dropped.keys.sorted().map { scope in
            ScopeCount(scope: scope, name: names[scope] ?? "\(scope)", changes: dropped[scope] ?? 0)
        }
    }

    /// Lets the next sync bring back what was dropped.
    public func recallForgotten() throws(CanvassError) {
        try explaining { try store.recallForgotten() }
    }
}
