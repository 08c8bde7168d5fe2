import CanvassCRDT

/// What the author of a change must have done: its context is all that it was shown, and its stamps rank each put above
/// what it replaces and nothing else (Protocol/README.md, sections 6 and 7).
extension Simulation {
    /// - Precondition: the node does not hold the change yet.
    func checkAuthor(of change: Change, _ node: Node, clock: Int64) throws {
        guard let scope = ledger[change.scope], let number = scope.number(of: change.dot) else { return }
        let entry = scope.entries[number]
        var shown = NumberSet()
        for dot in node.held[change.scope] ?? [] { if let number = scope.number(of: dot) { shown.insert(number) } }
        guard shown == entry.past else {
            throw SimulationFailure(
                .order, "node \(node.number) made \(change.dot) of \(change.scope) on something else than it was shown")
        }
        guard entry.model.stamp == clock, entry.model.author == node.device else {
            throw SimulationFailure(
                .order, "node \(node.number) made \(change.dot) with another clock or name than its own")
        }
        guard entry.model.edits.contains(where: { edit in edit.operations.contains { $0.form == .put } }) else {
            return
        }
        let held = (node.held[change.scope] ?? []).compactMap(scope.number)
        let before = NaiveState(scope, holding: held, organisation: organisation.id)
        for edit in entry.model.edits {
            for operation in edit.operations where operation.form == .put {
                let cell = NaiveState.Cell(
                    kind: Array(edit.kind.utf8), entity: edit.entity, field: Array(operation.field.utf8),
                    element: operation.element)
                let replaced = (before.cells[cell] ?? []).filter { operation.replaced?.contains($0.dot) ?? true }
                let latest = replaced.map(\.stamp).max().map { $0 == .max ? .max : $0 + 1 } ?? .min
                guard operation.stamp(base: clock) == max(clock, latest) else {
                    throw SimulationFailure(.merge, "node \(node.number) stamped a put of \(change.dot) wrongly")
                }
            }
        }
    }
}
