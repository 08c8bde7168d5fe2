import CanvassCRDT
import CanvassCoding
import CanvassStore

/// Erasing what was recorded.
extension Simulation {
    /// Orders an erasure: as the member who collected, or as an admin of anything that was ever made.
    func erase(_ node: Node, _ random: inout SplitMix64) throws {
        let roster = ScopeID(.roster, organisation.id)
        var orders: [(scope: ScopeID, entity: EntityID)] = []
        for member in people.memberships(of: node.device) {
            let scope = ScopeID(.responses, member.id)
            guard member.roles.contains(.collector) else { continue }
            for entity in entities(in: scope, among: node.held[scope] ?? []) { orders.append((scope, entity)) }
        }
        if people.mayWrite(roster, node.device) {
            for scope in ledger.keys.sorted() where [.office, .team, .responses].contains(scope.kind) {
                for entity in entities(in: scope, among: nil) { orders.append((roster, entity)) }
            }
        }
        guard !orders.isEmpty else { return }
        let order = random.choice(orders)
        let id = EntityID(milliseconds: now, random: (random.next(), self.random.next()))
        note("node \(node.number) erases \(order.entity)")
        try commit(
            [Edit(scope: order.scope, edits: [Erasure.edit(Erasure.hash(of: order.entity), as: id)])], node,
            random.choice(node.processes))
    }

    /// What can be erased: the entities that changes are about.
    ///
    /// - Parameter dots: which changes; nil for all that were ever made.
    private func entities(in scope: ScopeID, among dots: Set<Dot>?) -> [EntityID] {
        var entities: Set<EntityID> = []
        for entry in ledger[scope]?.entries ?? [] where dots?.contains(entry.model.dot) ?? true {
            for edit in entry.model.edits where edit.kind != "erasure" && edit.kind != "mark" {
                if let id = try? EntityID(bytes: edit.entity) { entities.insert(id) }
            }
        }
        return entities.sorted()
    }
}
