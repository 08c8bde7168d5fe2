public import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSurvey

extension Replica {
    /// Takes a change of a response back, by a new change: each field gets the value that the change replaced, and an
    /// answer that it gave first is taken away. The history keeps both.
    ///
    /// A field that somebody has changed since stays as it is, unless `isForced`. A version that the change replaced and
    /// that another change replaced, too, does not return. What stands in conflict beside it stays. Of several values
    /// that a settlement replaced, the one that was shown returns. The rules of the survey are not asked: the values
    /// stood there before.
    ///
    /// - Parameters:
    ///   - change: the dot of an entry of `history(ofResponse:)`.
    ///   - id: the response's id, or how it begins.
    /// - Throws: `CanvassError.invalidInput` for a change that made the response, since that would delete it.
    public func revert(
        _ change: Dot, ofResponse id: String, isForced: Bool = false, language: String? = nil
    ) throws(CanvassError) -> Reversion {
        let history = try history(ofResponse: id, language: language)
        guard let entry = history.entries.first(where: { $0.dot == change }) else {
            throw CanvassError(
                .notFound, "The response \(history.response) has no change \(change)",
                remedy: "'canvass response history \(history.response)' lists its changes.")
        }
        guard entry.event == .changed || entry.event == .deleted else {
            throw CanvassError(
                .invalidInput,
                "Change \(entry.number) \(entry.event == .created ? "made" : "brought back") the response "
                    + "\(history.response): to take it back would delete the response",
                remedy: "Take single answers away with 'canvass response edit \(history.response) --clear QUESTION'.")
        }
        let scope = ScopeID(.responses, history.collector)
        var plan = RevertPlan()
        let made = try explaining {
            try store.commit(clockMilliseconds: environment.nowMilliseconds()) { connection in
                try connection.requireWrite(to: scope, what: "this response")
                let steps = try connection.history(of: history.response, kind: .response, in: scope)
                let isAlive = try connection.entity(history.response, kind: .response) != nil
                plan = RevertPlan(of: change, steps, isAlive: isAlive, isForced: isForced)
                guard !plan.operations.isEmpty else { return [] }
                let edit = EntityEdit(
                    kind: EntityKind.response.rawValue, entity: history.response, operations: plan.operations)
                return [Edit(scope: scope, edits: [edit])]
            }
        }
        let questions = Dictionary(
            entry.fields.map { ($0.field, $0.question) }, uniquingKeysWith: { first, _ in first })
        return Reversion(
            entry: entry, change: made.first?.dot,
            restored: plan.restored.map {
                .init(field: $0.field, question: questions[$0.field] ?? nil, value: $0.value)
            },
            skipped: plan.skipped.map { skip in
                let reason: Reversion.Reason =
                    switch skip.reason {
                    case .changedSince(let step):
                        .changedSince(
                            number: step + 1,
                            author: history.entries.indices.contains(step) ? history.entries[step].author : "")
                    case .unchanged: .unchanged
                    case .unknownOperation: .unknownOperation
                    }
                return .init(
                    field: skip.field, question: skip.field.flatMap { questions[$0] ?? nil }, reason: reason)
            }, isResponseRestored: plan.restoresEntity)
    }
}

/// What to do to take one change of an entity back, worked out within the transaction that does it.
private struct RevertPlan {
    enum Reason {
        /// The number of the step, from 0, that the field shows.
        case changedSince(step: Int)
        case unchanged
        case unknownOperation
    }

    private(set) var operations: [Operation] = []
    private(set) var restored: [(field: String, value: Value?)] = []
    private(set) var skipped: [(field: String?, reason: Reason)] = []
    private(set) var restoresEntity = false

    init() {}

    init(of change: Dot, _ steps: [HistoryStep], isAlive: Bool, isForced: Bool) {
        guard let step = steps.first(where: { $0.dot == change }) else { return }
        if step.event == .deleted, !isAlive {
            restoresEntity = true
            operations.append(.restore)
        }
        for cell in step.cells {
            if cell.isShown {
                revert(cell)
            } else if isForced {
                force(cell, shown: steps[cell.shownStep].value(of: cell))
            } else {
                skipped.append((cell.field, .changedSince(step: cell.shownStep)))
            }
        }
        for _ in 0..<step.unknownOperations { skipped.append((nil, .unknownOperation)) }
    }

    /// What the change put is still shown: it alone is replaced, and what stands beside it stays.
    private mutating func revert(_ cell: HistoryStep.CellChange) {
        let value = cell.restorable.first?.value
        guard cell.put != nil || value != nil else {
            skipped.append((cell.field, .unchanged))
            return
        }
        operations.append(
            Operation(
                value.map { .put($0) } ?? .clear, field: cell.field, element: cell.element,
                replaced: cell.put.map { [$0.dot] }))
        restored.append((cell.field, value))
    }

    /// Something else is shown: everything in the cell is replaced.
    private mutating func force(_ cell: HistoryStep.CellChange, shown: Value?) {
        let value = cell.replaced.first?.value
        guard value != shown else {
            skipped.append((cell.field, .unchanged))
            return
        }
        operations.append(
            Operation(value.map { .put($0) } ?? .clear, field: cell.field, element: cell.element))
        restored.append((cell.field, value))
    }
}

extension HistoryStep {
    /// What this change put in the cell; nil where it cleared it.
    fileprivate func value(of cell: CellChange) -> Value? {
        cells.first { $0.field.hasSameBytes(as: cell.field) && $0.element == cell.element }?.put?.value
    }
}
