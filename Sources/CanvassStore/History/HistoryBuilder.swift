package import CanvassCRDT
import CanvassCoding
package import CanvassSQLite

/// Works out, change by change, what each author was shown.
///
/// Invariants:
/// 1. A change replaces the versions of a cell that lie in its context and that no other change in its context has
///    replaced, and of these only the ones it lists, if it lists any. So what is told of a change does not depend on
///    the order in which concurrent changes arrived; only `beside` does.
/// 2. What stands at the end is what `EntityState.apply` makes of the same changes.
private struct HistoryBuilder {
    /// A version and the numbers of the steps that replaced it.
    struct Known {
        let version: Version
        let step: Int
        var replacedBy: [Int] = []
    }

    /// Everything that was ever in one cell.
    struct CellLog {
        let field: String
        let element: Value?
        var known: [Known] = []
        var lastStep = 0

        var shown: Known? {
            known.filter(\.replacedBy.isEmpty).min { Version.ranksHigher($0.version, $1.version) }
        }
    }

    private var logs: [CellLog] = []
    private(set) var steps: [HistoryStep] = []

    /// - Parameter isInContext: whether the author of the edit had been shown a change.
    mutating func add(_ logged: LoggedEdit, isInContext: (Dot) throws -> Bool) throws {
        let step = steps.count
        var seen = Set<Int>()
        for index in steps.indices where try isInContext(steps[index].dot) { seen.insert(index) }
        var cells: [HistoryStep.CellChange] = []
        var unknown = 0
        var isDeletion = false
        for operation in logged.edit.operations {
            let put: Version?
            switch operation.action {
            case .unknown:
                unknown += 1
                continue
            case .mark: continue
            case .put where operation.isOnExistence: continue
            case .put(let value):
                put = Version(dot: logged.dot, stamp: operation.stamp(base: logged.head.stamp), value: value)
            case .clear:
                put = nil
            }
            let change = replace(operation, with: put, by: step, seen)
            if operation.isOnExistence { isDeletion = true } else { cells.append(change) }
        }
        var event = isDeletion ? HistoryStep.Event.deleted : .changed
        if logged.edit.isAffirming {
            let alive = Version(dot: logged.dot, stamp: logged.head.stamp, value: .bool(true))
            let existence = Operation.restore
            let change = replace(existence, with: alive, by: step, seen)
            event = seen.isEmpty ? .created : change.replaced.isEmpty ? .restored : .changed
        }
        steps.append(
            HistoryStep(
                position: logged.position, dot: logged.dot, author: logged.head.author, stamp: logged.head.stamp,
                event: event, cells: cells, unknownOperations: unknown))
    }

    private mutating func replace(
        _ operation: Operation, with put: Version?, by step: Int, _ seen: Set<Int>
    ) -> HistoryStep.CellChange {
        let log = index(of: operation)
        var replaced: [Version] = []
        var beside: [Version] = []
        for index in logs[log].known.indices {
            let known = logs[log].known[index]
            let isListed = operation.replaced?.contains(known.version.dot) ?? true
            if isListed, seen.contains(known.step), seen.isDisjoint(with: known.replacedBy) {
                logs[log].known[index].replacedBy.append(step)
                replaced.append(known.version)
            } else if known.replacedBy.isEmpty {
                beside.append(known.version)
            }
        }
        if let put { logs[log].known.append(Known(version: put, step: step)) }
        logs[log].lastStep = step
        return HistoryStep.CellChange(
            field: operation.field, element: operation.element, replaced: replaced.sorted(by: Version.ranksHigher),
            put: put, beside: beside.sorted(by: Version.ranksHigher))
    }

    private mutating func index(of operation: Operation) -> Int {
        let known = logs.firstIndex {
            $0.field.hasSameBytes(as: operation.field) && $0.element == operation.element
        }
        if let known { return known }
        logs.append(CellLog(field: operation.field, element: operation.element))
        return logs.count - 1
    }

    /// The steps, each with what has become of it since.
    func finished() -> [HistoryStep] {
        var steps = steps
        for step in steps.indices {
            for cell in steps[step].cells.indices {
                let change = steps[step].cells[cell]
                let log = logs.first {
                    $0.field.hasSameBytes(as: change.field) && $0.element == change.element
                }
                guard let log else { continue }
                let restorable = Set(log.known.filter { $0.replacedBy == [step] }.map(\.version.dot))
                let shownStep = log.shown?.step ?? log.lastStep
                steps[step].cells[cell].restorable = change.replaced.filter { restorable.contains($0.dot) }
                steps[step].cells[cell].shownStep = shownStep
                steps[step].cells[cell].isShown = shownStep == step
            }
        }
        return steps
    }
}

extension Connection {
    /// What every change that is not void did to an entity, in the order in which this replica applied them; nothing where
    /// there is no such entity. The number of a change alters here only when one before it becomes void, since later ones
    /// only follow.
    package mutating func history(
        of id: EntityID, kind: EntityKind, in scope: ScopeID
    ) throws -> [HistoryStep] {
        guard let row = try entityRow(id, kind: kind, in: scope) else { return [] }
        var workspace = Workspace()
        return try workspace.withScope(scope, in: &self) { state, workspace, connection in
            var builder = HistoryBuilder()
            for logged in try connection.loggedEdits(ofRow: row, id, kind: kind.rawValue, in: state) {
                try builder.add(logged) { dot in try logged.context.contains(dot, &workspace, &connection) }
            }
            return builder.finished()
        }
    }
}
