import CanvassCoding

/// A form made ready to be asked or checked: expressions parsed once, names resolved, calculations in order. One value
/// serves any number of responses.
///
///     let interview = try Interview(form: form)
///     var answers = interview.begin(environment)
///     answers["age"] = 34
///     let open = interview.findings(answers, environment: environment)
///     let response = interview.finalise(answers, environment: environment)
public struct Interview: Sendable {
    public let form: Form
    /// Beside `form.items`, index for index.
    let nodes: [Node]
    let indexOfItem: [String: Int]
    let lists: [String: ChoiceTable]
    /// Items whose relevance or value must be worked out, those they depend on first.
    let plan: [Int]

    /// One item with its logic.
    struct Node: Sendable {
        let logic: ItemLogic
        let parent: Int?
        let list: ChoiceTable?
    }

    /// A choice list with its codes indexed.
    struct ChoiceTable: Sendable {
        let choices: [Form.Choice]
        let indexOfCode: [String: Int]

        init(_ list: Form.ChoiceList) {
            choices = list.choices
            indexOfCode = Dictionary(
                list.choices.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
        }

        /// The choice with exactly this code: in another normalisation form it would be counted as another answer.
        subscript(code: String) -> Form.Choice? {
            guard let index = indexOfCode[code], choices[index].name.hasSameBytes(as: code) else { return nil }
            return choices[index]
        }
    }

    /// - Throws: `FormError` with the first error of `form.check()`.
    public init(form: Form) throws(FormError) {
        if let error = form.check().first(where: { $0.severity == .error }) {
            throw FormError(place: error.place, reason: error.message, remedy: error.remedy)
        }
        let indexOfItem = Dictionary(
            form.items.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
        let lists = Dictionary(
            form.choiceLists.map { ($0.name, ChoiceTable($0)) }, uniquingKeysWith: { first, _ in first })
        var nodes: [Node] = []
        nodes.reserveCapacity(form.items.count)
        for item in form.items {
            do {
                nodes.append(
                    Node(
                        logic: try ItemLogic(item), parent: item.parent.flatMap { indexOfItem[$0] },
                        list: item.type.list.flatMap { lists[$0] }))
            } catch {
                throw FormError(place: item.name, reason: error.description)
            }
        }
        guard case .order(let order) = DependencyOrder(form.dependencies(logic: nodes.map(\.logic))) else {
            throw FormError(place: form.id, reason: "questions depend on each other in a circle")
        }
        self.form = form
        self.indexOfItem = indexOfItem
        self.lists = lists
        self.nodes = nodes
        plan = Self.plan(order, form.items, nodes)
    }

    /// Leaves out items that are always relevant and hold nothing but what was answered.
    private static func plan(_ order: [Int], _ items: [Form.Item], _ nodes: [Node]) -> [Int] {
        var isPlanned = Array(repeating: false, count: nodes.count)
        for index in order {
            let node = nodes[index]
            var isMetadata = false
            if case .metadata = items[index].type { isMetadata = true }
            isPlanned[index] =
                isMetadata || node.logic.relevant != nil || node.logic.calculation != nil
                || node.parent.map { isPlanned[$0] } == true
        }
        return order.filter { isPlanned[$0] }
    }

    // MARK: Asking

    /// The answers that an interview starts with: defaults, whether written out or worked out.
    public func begin(_ environment: InterviewEnvironment) -> Answers {
        let frame = InterviewFrame(
            interview: self, values: Array(repeating: nil, count: nodes.count), environment: environment)
        for (index, item) in form.items.enumerated() where item.type.takesAnswer {
            if let expression = nodes[index].logic.defaultValue {
                frame.values[index] = frame.value(of: expression, at: index)?.answer(of: item.type)
            } else if let text = item.defaultValue, case .success(let value) = item.read(text: text) {
                frame.values[index] = value
            }
        }
        return answers(in: frame.values)
    }

    /// The items to ask now, in order: relevant, and neither calculated nor recorded by the device. Groups lead theirs.
    public func relevantItems(_ answers: Answers, environment: InterviewEnvironment) -> [Form.Item] {
        let frame = evaluated(answers, environment: environment)
        return form.items.indices.compactMap { index in
            let item = form.items[index]
            let isShown = item.type.isAsked || item.type == .note || item.type.isGroup
            return isShown && frame.isRelevant[index] ? item : nil
        }
    }

    /// The choices of a select question that its choice_filter leaves; none for any other question.
    public func choices(
        of question: String, _ answers: Answers, environment: InterviewEnvironment
    ) -> [Form.Choice] {
        guard let index = indexOfItem[question], let list = nodes[index].list else { return [] }
        guard let filter = nodes[index].logic.choiceFilter else { return list.choices }
        let frame = evaluated(answers, environment: environment)
        return list.choices.filter { frame.passes($0, filter, at: index) }
    }

    /// A question's label with the answers that it mentions as `${name}` filled in.
    public func label(of question: String, _ answers: Answers, environment: InterviewEnvironment) -> String {
        guard let index = indexOfItem[question] else { return question }
        let text = label(at: index, language: environment.language)
        guard text.contains("${") else { return text }
        let frame = evaluated(answers, environment: environment)
        return LabelTemplate(text).filled { name in
            guard let referred = indexOfItem[name] else { return nil }
            let code = frame.answer(to: name).text
            return frame.choiceLabel(at: referred, code: code) ?? code
        }
    }

    func label(at index: Int, language: String?) -> String {
        let text = form.items[index].label.text(in: language, default: form.defaultLanguage)
        return text.isEmpty ? form.items[index].name : text
    }

    // MARK: Finishing

    /// The response of a finished interview: calculations and metadata filled in, answers that skip logic rules out
    /// dropped (XForms semantics), the rest in the order of the form. Answers to unknown questions are kept at the end.
    public func finalise(_ answers: Answers, environment: InterviewEnvironment) -> Answers {
        let frame = evaluated(answers, environment: environment)
        var result = self.answers(in: frame.values.indices.map { frame.isRelevant[$0] ? frame.values[$0] : nil })
        for member in answers.members where indexOfItem[member.key] == nil { result[member.key] = member.value }
        return result
    }

    /// The same answers in the order of the form; unknown questions come last.
    public func ordered(_ answers: Answers) -> Answers {
        let (values, unknown) = slots(of: answers)
        return Answers(unique: self.answers(in: values).members + unknown)
    }

    // MARK: Slots

    /// The answers beside `form.items`, index for index, and those that belong to no question.
    func slots(of answers: Answers) -> (values: [Value?], unknown: [Value.Member]) {
        var values = [Value?](repeating: nil, count: nodes.count)
        var unknown: [Value.Member] = []
        for member in answers.members {
            if let index = indexOfItem[member.key], form.items[index].type.takesAnswer {
                values[index] = member.value
            } else {
                unknown.append(member)
            }
        }
        return (values, unknown)
    }

    func answers(in values: [Value?]) -> Answers {
        var members: [Value.Member] = []
        members.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            if let value { members.append(Value.Member(form.items[index].name, value)) }
        }
        return Answers(unique: members)
    }

    func evaluated(_ answers: Answers, environment: InterviewEnvironment) -> InterviewFrame {
        let frame = InterviewFrame(interview: self, values: slots(of: answers).values, environment: environment)
        frame.evaluate(recalculating: true)
        return frame
    }
}
