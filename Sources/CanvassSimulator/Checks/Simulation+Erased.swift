import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassWire

/// What was erased is gone: from every state, every log, and from the disks.
extension Simulation {
    /// The hashes of what was erased in a scope, by the orders that the relay holds and that are not void.
    private func erased(in scope: ScopeID) -> Set<[UInt8]> {
        guard [.office, .team, .responses].contains(scope.kind) else { return [] }
        var hashes: Set<[UInt8]> = []
        for place in [scope, ScopeID(.roster, organisation.id)] {
            guard let model = ledger[place], let held = relay.held[place] else { continue }
            let entries = held.compactMap(model.entry(of:))
            let void = NaiveState.void(among: entries, organisation.id)
            for entry in entries where !void.contains(entry.model.dot) {
                for edit in entry.model.edits where edit.kind == "erasure" { hashes.formUnion(edit.erasedHashes) }
            }
        }
        return hashes
    }

    /// No body about what was erased is left, neither at the relay nor at whoever has synced since.
    func checkErased() throws {
        let atRelay = try relay.readBodies()
        var gone: [ScopeID: Set<Dot>] = [:]
        for scope in organisation.scopes {
            let hashes = erased(in: scope)
            guard !hashes.isEmpty, let model = ledger[scope] else { continue }
            for dot in relay.held[scope] ?? [] {
                guard let entry = model.entry(of: dot), entry.model.author != organisation.id,
                    entry.model.edits.contains(where: { $0.isErased(by: hashes) })
                else { continue }
                gone[scope, default: []].insert(dot)
                if atRelay[scope]?.contains(dot) == true {
                    throw SimulationFailure(.erasure, "the relay still has the body of \(dot) of \(scope)")
                }
            }
        }
        for node in nodes where organisation.isEnrolled(node.device) {
            let log = try node.processes[0].store.database.read { try $0.wholeLog() }
            for change in log
            where change.body != nil && gone[change.scope]?.contains(change.dot) == true
                && organisation.mayRead(change.scope, node.device)
            {
                throw SimulationFailure(
                    .erasure, "node \(node.number) still has the body of \(change.dot) of \(change.scope)")
            }
        }
    }
}

extension ModelChange.Edit {
    var erasedHashes: [[UInt8]] { operations.filter(\.isErasure).map { Array($0.value.dropFirst(2)) } }

    func isErased(by hashes: Set<[UInt8]>) -> Bool {
        kind != "erasure" && kind != "mark" && hashes.contains(SHA256.hash(entity))
    }
}

extension RelayHost {
    /// The changes in the log that have their body.
    fileprivate func readBodies() throws -> Holdings {
        var bodies: Holdings = [:]
        for segment in try readSegments() {
            for change in try segment.changes() where change.body != nil {
                bodies[change.scope, default: []].insert(change.dot)
            }
        }
        return bodies
    }
}
