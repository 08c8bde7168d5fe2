extension Form {
    /// Checks a form before it is published: names, nesting, choice lists, expressions and what they refer to. Errors
    /// come in the order of the form; a form without errors can be asked (`Interview.init(form:)`).
    public func check() -> [FormFinding] {
        var checker = FormChecker(self)
        checker.checkSettings()
        checker.checkLists()
        checker.checkNames()
        checker.checkNesting()
        checker.checkItems()
        checker.checkLogic()
        return checker.findings
    }

    /// For each item those that must be worked out before it: what its relevance and calculation use, and its group.
    ///
    /// - Parameter logic: beside `items`, index for index.
    func dependencies(logic: [ItemLogic]) -> [[Int]] {
        let indexOfItem = Dictionary(
            items.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
        return items.indices.map { index in
            let used = [logic[index].relevant, logic[index].calculation].compactMap { $0?.references }.joined()
            let names = used.map(\.name) + (items[index].parent.map { [$0] } ?? [])
            var seen: Set<Int> = []
            return names.compactMap { indexOfItem[$0] }.filter { seen.insert($0).inserted }
        }
    }
}

/// Gathers what is wrong with one form.
struct FormChecker {
    /// Groups inside groups.
    private static let nestingLimit = 32
    private static let metrics: Set<String> = ["nps", "csat", "ces", "repurchase", "weight"]

    let form: Form
    let indexOfItem: [String: Int]
    let lists: [String: Form.ChoiceList]
    var findings: [FormFinding] = []

    init(_ form: Form) {
        self.form = form
        indexOfItem = Dictionary(
            form.items.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
        lists = Dictionary(form.choiceLists.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func report(
        as severity: FormFinding.Severity = .error, _ item: String, _ column: String, offset: Int? = nil,
        _ message: String, _ remedy: String
    ) {
        findings.append(
            FormFinding(
                severity: severity, item: item, column: column, offset: offset, message: message, remedy: remedy))
    }

    // MARK: Settings, lists, names

    mutating func checkSettings() {
        let isPlain = form.id.utf8.allSatisfy { byte in
            byte < 0x80 && (byte.digitValue != nil || Form.isName(String(decoding: [byte], as: UTF8.self)))
        }
        if form.id.isEmpty || !isPlain || form.id.utf8.count > 64 {
            report(
                "", "form_id", "“\(form.id.shortened)” cannot name a survey",
                "Write 1 to 64 letters, digits and underscores")
        }
        if let language = form.defaultLanguage, !form.languages.isEmpty {
            let tag = LanguageTag(language)
            if !form.languages.contains(where: { LanguageTag($0).closeness(to: tag) > 0 }) {
                report(
                    as: .warning, "", "default_language", "no column is in “\(language)”",
                    "Write one of \(form.languages.joined(separator: ", "))")
            }
        }
    }

    mutating func checkLists() {
        let spaced = Set(
            form.items.compactMap { item -> String? in
                switch item.type {
                case .selectMultiple(let list), .rank(let list): list
                default: nil
                }
            })
        let filtered = Set(form.items.compactMap { $0.choiceFilter == nil ? nil : $0.type.list })
        var seen: Set<String> = []
        for list in form.choiceLists {
            if !seen.insert(list.name).inserted {
                report(list.name, "list_name", "there are two choice lists of this name", "Rename or join them")
            }
            var codes: Set<String> = []
            for choice in list.choices {
                if choice.name.trimmedOfSpace.isEmpty {
                    report(list.name, "name", "a choice has no code", "Give every choice a name")
                } else if !codes.insert(choice.name).inserted {
                    report(
                        as: filtered.contains(list.name) ? .warning : .error, list.name, "name",
                        "two choices have the code “\(choice.name.shortened)”", "Give each its own code")
                }
                if spaced.contains(list.name), choice.name.words.count > 1 {
                    report(
                        list.name, "name", "the code “\(choice.name.shortened)” holds a blank",
                        "Write it with underscores: several codes stand side by side in one answer")
                }
            }
        }
    }

    mutating func checkNames() {
        var spellings: [String: String] = [:]
        for item in form.items {
            if !Form.isName(item.name) {
                report(
                    item.name, "name", "“\(item.name.shortened)” cannot name a question",
                    "Start with a letter or underscore, go on with letters, digits, - . or _")
            }
            let folded = item.name.lowercased()
            guard let other = spellings[folded] else {
                spellings[folded] = item.name
                continue
            }
            if other == item.name {
                report(item.name, "name", "two items have this name", "Give each its own: answers are kept by name")
            } else {
                report(
                    as: .warning, item.name, "name", "differs from “\(other)” only by case",
                    "Rename one: columns of a table do not tell them apart")
            }
        }
    }

    // MARK: Items

    /// A group's items follow it without a break; deeper groups end first.
    mutating func checkNesting() {
        var open: [String] = []
        for item in form.items {
            if let parent = item.parent {
                if let place = open.lastIndex(of: parent) {
                    open.removeLast(open.count - place - 1)
                } else {
                    let reason =
                        switch indexOfItem[parent].map({ form.items[$0].type.isGroup }) {
                        case nil: "there is no group “\(parent)”"
                        case false?: "“\(parent)” is not a group"
                        case true?: "the group “\(parent)” does not stand open here"
                        }
                    report(item.name, "parent", reason, "Put the item between the group's begin and end")
                    continue
                }
            } else {
                open.removeAll()
            }
            if item.type.isGroup {
                open.append(item.name)
                if open.count > Self.nestingLimit {
                    report(item.name, "type", "more than \(Self.nestingLimit) groups inside each other", "Use fewer")
                }
            }
        }
    }

    mutating func checkItems() {
        for item in form.items {
            checkType(of: item)
            if item.type.isAsked || item.type == .note, item.label.text().isEmpty {
                report(as: .warning, item.name, "label", "the question has no text", "Write a label")
            }
            if let metric = item.metric, !Self.metrics.contains(metric) {
                report(
                    as: .warning, item.name, "canvass::metric", "“\(metric.shortened)” is no metric",
                    "Write one of \(Self.metrics.sorted().joined(separator: ", "))")
            }
            let texts = [item.label, item.hint, item.constraintMessage, item.requiredMessage]
            for translation in texts.flatMap(\.translations) where translation.text.contains("${") {
                for name in LabelTemplate(translation.text).questions where indexOfItem[name] == nil {
                    report(item.name, "label", "there is no question “\(name.shortened)” to fill in", remedy(for: name))
                }
            }
            if let text = item.defaultValue, LogicColumn.defaultValue.expression(of: item) == nil,
                case .failure(let problem) = item.read(text: text)
            {
                report(item.name, "default", problem.reason, problem.remedy.capitalisedFirst)
            }
        }
    }

    private mutating func checkType(of item: Form.Item) {
        if let name = item.type.list {
            if let list = lists[name] {
                if list.choices.isEmpty {
                    report(as: .warning, item.name, "type", "the choice list “\(name)” is empty", "Add its choices")
                }
            } else {
                report(
                    item.name, "type", "there is no choice list “\(name.shortened)”",
                    "Add it to the choices sheet or correct the name")
            }
        }
        switch item.type {
        case .range(let start, let end, let step)
        where !(start.isFinite && end.isFinite && step.isFinite && step != 0 && start != end):
            report(item.name, "parameters", "the range leads nowhere", "Write start, end and step, step not 0")
        case .repeatGroup:
            report(
                item.name, "type", "repeats are not asked by this version",
                "Write the questions out as often as needed, or make them a survey of their own")
        case .unknown(let name):
            report(
                as: .warning, item.name, "type", "the type “\(name.shortened)” is not known",
                "Its answers are kept as text: correct the type if that is not meant")
        case .calculate where item.calculation == nil && item.defaultValue == nil:
            report(as: .warning, item.name, "calculation", "nothing to calculate", "Write a calculation")
        default: break
        }
    }

    func remedy(for name: String) -> String {
        let folded = name.lowercased()
        if let close = form.items.first(where: { $0.name.lowercased() == folded }) {
            return "Write ${\(close.name)}: names differ by case"
        }
        return "Correct the name or add the question"
    }
}

extension String {
    /// With its first letter as a capital, to begin a sentence.
    var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
