import CanvassCRDT
public import CanvassCoding
import CanvassSQLite
import CanvassStore
public import CanvassSurvey

extension Replica {
    /// Settles a conflict with one of its values, or with another: the versions that it lists are replaced, here and,
    /// after the next syncs, everywhere. One that came since stays beside the decision, as another conflict.
    ///
    /// The calculations and findings of a response follow the decision, as they follow every correction.
    ///
    /// - Returns: what the survey's rules do not allow about another value; then nothing was written. One of the values
    ///   that are there is taken as it is: somebody put it there.
    /// - Throws: `CanvassError.invalidInput` for a value that is no answer to the question.
    @discardableResult
    public func settle(_ conflict: OpenConflict, with value: Value) throws(CanvassError) -> [Finding] {
        let isThere = conflict.candidates.contains { $0.value == value }
        let value = isThere ? value : try checked(value, for: conflict)
        if conflict.kind == EntityKind.response.rawValue {
            let response = try response(named: conflict.entity.description)
            if let version = try version(of: response),
                try readableForm(of: version)?.item(named: conflict.field)?.type.takesAnswer == true
            {
                switch try edit(
                    response, setting: [.init(conflict.field, value)], allowsFindings: isThere,
                    replacing: conflict.versions)
                {
                case .recorded: return []
                case .refused(let findings): return findings
                }
            }
        }
        try write { connection in
            try connection.requireWrite(to: conflict.scope, what: "this \(conflict.kind)")
            let operation = Operation(.put(value), field: conflict.field, replaced: conflict.versions)
            return [
                Edit(
                    scope: conflict.scope,
                    edits: [EntityEdit(kind: conflict.kind, entity: conflict.entity, operations: [operation])])
            ]
        }
        return []
    }

    /// A value that was not there before has to be an answer to the question, or a property of its kind.
    private func checked(_ value: Value, for conflict: OpenConflict) throws(CanvassError) -> Value {
        switch EntityKind(rawValue: conflict.kind) {
        case .response:
            guard let name = conflict.survey, let form = try readableForm(of: survey(named: name)),
                form.item(named: conflict.field) != nil
            else { return value }
            guard let answer = try form.answer(value, to: conflict.field) else {
                throw CanvassError(
                    .invalidInput, "\(conflict.field): this value means no answer",
                    remedy: "Take one of the values, or give one.")
            }
            return answer
        case .item, .choice:
            try checkProperty(value, of: conflict)
            return value
        default: return value
        }
    }

    /// Checks that an item or a choice of a draft can be read with the value in it.
    private func checkProperty(_ value: Value, of conflict: OpenConflict) throws(CanvassError) {
        guard let kind = EntityKind(rawValue: conflict.kind) else { return }
        let entity = try read { connection in try connection.entity(conflict.entity, kind: kind) }
        let members = (entity?.fields ?? []).filter { $0.key != conflict.field } + [.init(conflict.field, value)]
        do {
            switch kind {
            case .item: _ = try Form.Item(value: .map(members))
            default: _ = try Form.Choice(value: .map(members))
            }
        } catch {
            throw CanvassError(
                .invalidInput, "\(conflict.field) cannot have this value: \(error.reason)",
                remedy: "Take one of the values, or write one of their form.")
        }
    }
}
