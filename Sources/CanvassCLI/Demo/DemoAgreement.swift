import Canvass
import CanvassCRDT
import CanvassCoding

/// What the replicas hold of one scope: the convergence receipt of the demonstration.
struct DemoAgreement {
    let scope: ScopeID
    let owner: String
    /// Who may read the scope, and holds it.
    let holders: [String]
    let changes: Int
    /// One digest where all hold the same state.
    let digests: Set<String>

    var isAgreed: Bool { digests.count == 1 }

    var value: Value {
        .map([
            .init("scope", .text(scope.description)), .init("owner", .text(owner)),
            .init("replicas", .list(holders.map(Value.text))), .init("changes", .integer(Int64(changes))),
            .init("agreed", .bool(isAgreed)), .init("digests", .list(digests.sorted().map(Value.text))),
        ])
    }

    /// Compares every scope over everybody who holds it.
    static func all(of people: [Demo.Participant]) throws -> [DemoAgreement] {
        var scopes: [ScopeID: [(name: String, scope: ReplicaStatus.Scope)]] = [:]
        for person in people {
            for scope in try person.replica.status().scopes where scope.changes > 0 {
                scopes[scope.id, default: []].append((person.name, scope))
            }
        }
        return scopes.sorted { $0.key < $1.key }.map { id, holders in
            DemoAgreement(
                scope: id, owner: holders.lazy.compactMap(\.scope.owner).first ?? id.id.description,
                holders: holders.map(\.name), changes: holders[0].scope.changes,
                digests: Set(holders.map(\.scope.digest.description)))
        }
    }
}
