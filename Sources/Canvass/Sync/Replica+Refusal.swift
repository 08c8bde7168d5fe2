import CanvassCRDT
import CanvassStore
import CanvassWire

extension Replica {
    /// Names what the relay did not take, in the words of `status`.
    func descriptions(of refusals: [SyncAnswer.Refusal]) throws(CanvassError) -> [String] {
        guard !refusals.isEmpty else { return [] }
        let scopes = try status().scopes
        return refusals.map { refusal in
            let owner = scopes.first { $0.id == refusal.scope }?.owner
            let reason = refusal.detail.isEmpty ? refusal.reason : "\(refusal.detail) (\(refusal.reason))"
            return """
                \(name(of: refusal.scope, owner: owner)), from change \(refusal.firstSequence): \(reason); \
                kept in this replica
                """
        }
    }

    /// Says what is held here and cannot go to the relay yet.
    func description(of waiting: WaitingChanges, scopes: [ReplicaStatus.Scope]) -> String {
        let owner = scopes.first { $0.id == waiting.scope }?.owner
        let changes = waiting.count == 1 ? "1 change" : "\(waiting.count) changes"
        let reason =
            switch waiting.reason {
            case .unknownAuthor: "of a device that the relay does not know yet"
            case .unproven: "of another device, which no seal proves: sync that device"
            case .dependent: "made upon what waits"
            }
        return "\(name(of: waiting.scope, owner: owner)): \(changes) \(reason); kept in this replica"
    }

    func name(of scope: ScopeID, owner: String?) -> String {
        switch scope.kind {
        case .roster: "roster of the organisation"
        case .design, .office: "\(scope.kind.name) of the campaign \(owner.map { "\"\($0)\"" } ?? scope.id.description)"
        case .team: "team \(owner.map { "\"\($0)\"" } ?? scope.id.description)"
        case .responses: "responses of \(owner ?? scope.id.description)"
        }
    }
}
