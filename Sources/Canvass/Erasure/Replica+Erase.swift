public import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore

/// What an erasure erases, and how it was ordered.
public struct ErasureOrder: Sendable, Hashable {
    /// The id of the order: what is left when the id of the response is gone.
    public var id: EntityID
    /// Where it was written: the responses of the member who collected, or the roster.
    public var scope: ScopeID
    /// Whether the response was here, and is hidden now.
    public var wasHere: Bool
}

extension Replica {
    /// Erases a response for good: here it is hidden at once, and gone from this file, from the relay and from every
    /// device once each of them has synced. Nothing brings it back.
    ///
    /// The member who collected it may do so, and an admin, also for a response that is not here: then by its whole id.
    ///
    /// - Parameter id: the response's id, or how it begins.
    /// - Throws: `CanvassError` with `notFound`, `ambiguous`, `notPermitted`, `notJoined`.
    @discardableResult
    public func erase(response id: String) throws(CanvassError) -> ErasureOrder {
        let target = try erasable(id)
        let order = newID()
        let edit = Erasure.edit(Erasure.hash(of: target.response), as: order)
        try write { connection in
            try connection.requireWrite(to: target.scope, what: "this response")
            guard try connection.ownMembers().contains(where: { $0.mayErase(in: target.scope) }) else {
                throw CanvassError(
                    .notPermitted, "Only the member who collected \(target.response), or an admin, may erase it",
                    remedy: "Ask one of them to run: canvass erase \(target.response)")
            }
            return [Edit(scope: target.scope, edits: [edit])]
        }
        return ErasureOrder(id: order, scope: target.scope, wasHere: target.wasHere)
    }

    /// What an id means: a response here, whose collector may erase it, or for an admin any.
    private func erasable(_ id: String) throws(CanvassError) -> (response: EntityID, scope: ScopeID, wasHere: Bool) {
        let own = try read { connection in try connection.ownMembers() }
        let whole = try? EntityID(text: id.uppercased())
        let organisation = try read { connection in try connection.metaBytes(.organisation) }
        let roster = try? organisation.map { ScopeID(.roster, try EntityID(bytes: $0)) }
        let isAdmin = own.contains { $0.membership.roles.contains(.admin) }
        do {
            let response = try response(named: id)
            // An admin's order goes through the roster unless this device collected it.
            let isOwn = own.contains { $0.mayErase(in: response.scope) }
            if isAdmin, !isOwn, let roster { return (response.id, roster, true) }
            return (response.id, response.scope, true)
        } catch {
            guard error.code == .notFound, isAdmin, let roster, let whole, try !isErased(whole) else { throw error }
            return (whole, roster, false)
        }
    }

    /// Whether a response was erased, as far as this replica knows.
    func isErased(_ id: EntityID) throws(CanvassError) -> Bool {
        try read { connection in try connection.isErased(id) }
    }
}

extension CanvassError {
    /// What was erased is asked for.
    init(erased response: EntityID) {
        self.init(
            .notFound, "The response \(response) was erased", remedy: "'canvass erase status' lists the erasures.")
    }
}

extension Member {
    /// Whether the member may order erasures there: the collector of these responses, or an admin in the roster.
    fileprivate func mayErase(in scope: ScopeID) -> Bool {
        switch scope.kind {
        case .responses: id == scope.id && membership.roles.contains(.collector)
        case .roster: membership.roles.contains(.admin)
        case .design, .office, .team: false
        }
    }
}
