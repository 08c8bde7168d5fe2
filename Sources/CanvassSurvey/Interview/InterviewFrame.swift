import CanvassCoding

/// One response under evaluation. A class, because the closures of an `EvaluationContext` read what the evaluation
/// writes; it lives inside one call and is never shared.
///
/// Invariant: an item is read only after it was worked out, because `Interview.plan` is in dependency order.
final class InterviewFrame {
    let interview: Interview
    let environment: InterviewEnvironment
    /// Beside `form.items`, index for index.
    var values: [Value?]
    private(set) var isRelevant: [Bool]
    /// Expressions that could not be worked out: the item and why.
    private(set) var failures: [(index: Int, error: ExpressionError)] = []

    init(interview: Interview, values: [Value?], environment: InterviewEnvironment) {
        self.interview = interview
        self.environment = environment
        self.values = values
        isRelevant = Array(repeating: true, count: values.count)
    }

    /// Works out relevance, metadata and calculations.
    ///
    /// - Parameter recalculating: an interview works every calculation out anew; an import keeps what its file says.
    func evaluate(recalculating: Bool) {
        for index in interview.plan {
            let node = interview.nodes[index]
            isRelevant[index] = node.parent.map { isRelevant[$0] } ?? true
            guard isRelevant[index] else { continue }
            if let relevant = node.logic.relevant {
                // What cannot be worked out hides nothing: the question is asked and the failure reported.
                isRelevant[index] = value(of: relevant, at: index)?.boolean ?? true
                guard isRelevant[index] else { continue }
            }
            let type = interview.form.items[index].type
            if case .metadata(let name) = type, values[index] == nil || (recalculating && name == "end") {
                values[index] = environment.metadata(name).map(Value.text) ?? values[index]
            }
            if let calculation = node.logic.calculation, recalculating || values[index] == nil {
                values[index] = value(of: calculation, at: index)?.answer(of: type)
            }
        }
    }

    /// nil, and an entry in `failures`, where the expression cannot be worked out.
    func value(of expression: XPathExpression, at index: Int, choice: ChoiceRow? = nil) -> XPathValue? {
        do {
            return try expression.evaluate(context(at: index, choice: choice))
        } catch {
            failures.append((index, error))
            return nil
        }
    }

    func passes(_ choice: Form.Choice, _ filter: XPathExpression, at index: Int) -> Bool {
        value(of: filter, at: index, choice: row(choice))?.boolean ?? true
    }

    /// The answer as expressions see it: that of an irrelevant question is empty (ODK XForms, "relevant").
    func answer(to question: String) -> XPathValue {
        guard let index = interview.indexOfItem[question], isRelevant[index] else { return .empty }
        return answer(at: index)
    }

    private func answer(at index: Int) -> XPathValue {
        XPathValue(values[index], of: interview.form.items[index].type, offsetMinutes: environment.offsetMinutes)
    }

    func choiceLabel(at index: Int, code: String) -> String? {
        interview.nodes[index].list?[code].map { row($0).label }
    }

    private func row(_ choice: Form.Choice) -> ChoiceRow {
        let label = choice.label.text(in: environment.language, default: interview.form.defaultLanguage)
        return ChoiceRow(choice, label: label.isEmpty ? choice.name : label)
    }

    private func context(at index: Int, choice: ChoiceRow?) -> EvaluationContext {
        EvaluationContext(
            nowMilliseconds: environment.nowMilliseconds, offsetMinutes: environment.offsetMinutes,
            current: answer(at: index),
            answer: { self.answer(to: $0) },
            choiceLabel: { question, code in
                self.interview.indexOfItem[question].flatMap { self.choiceLabel(at: $0, code: code) }
            },
            rows: { list in self.interview.lists[list]?.choices.map { self.row($0) } },
            row: choice,
            randomBits: environment.randomBits)
    }
}
