import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine
import CanvassSurvey

/// A form as `canvass survey show` lists it.
struct FormListing {
    let survey: Survey
    let form: Form
    /// Whether the draft has changes that are not published.
    let differsFromDraft: Bool
    /// Items of the draft that two designers moved into each other.
    let cutItems: [String]
    let language: String?

    func print(on output: Output) {
        output.print("\(survey.title, .bold)")
        output.print("\(survey.name), \(state)")
        for item in cutItems {
            output.print(
                wrapped:
                    "In the draft \(item) and the groups around it were moved into each other by several people at "
                    + "once: \(item) stands at the top until the form is imported again.", .magenta)
        }
        if !form.languages.isEmpty { output.print("Languages: \(form.languages.joined(separator: ", "))") }
        output.print()
        var depths: [String: Int] = [:]
        for item in form.items {
            let depth = item.parent.flatMap { depths[$0] }.map { $0 + 1 } ?? 0
            if item.type.isGroup { depths[item.name] = depth }
            let indent = String(repeating: "  ", count: min(depth, 10))
            output.print("\(indent)\(item.name, .bold)  \(description(of: item), .dim)")
            let details = [text(item.label)] + logic(of: item)
            for detail in details where !detail.isEmpty { output.print(wrapped: detail, indent: indent + "    ") }
        }
    }

    var value: Value {
        .map(
            (survey.value.mapValue ?? []) + [
                .init("isDraft", .bool(survey.published.isEmpty)), .init("draftDiffers", .bool(differsFromDraft)),
                .init("cutItems", .list(cutItems.map(Value.text))),
                .init("languages", .list(form.languages.map(Value.text))),
                .init("defaultLanguage", Value(form.defaultLanguage)),
                .init("items", .list(form.items.map(value))),
            ])
    }

    private var state: String {
        guard let latest = survey.published.last else { return "a draft that has not been published" }
        let published = "version \(latest.number), published \(TimeText.local(latest.publishedMilliseconds))"
        return published + (differsFromDraft ? "; the draft has changes that are not published" : "")
    }

    private func text(_ label: LocalizedText) -> String {
        label.text(in: language, default: form.defaultLanguage)
    }

    /// "select_one of rating (5 choices), required, nps"
    private func description(of item: Form.Item) -> String {
        var parts = [item.type.name]
        if let list = item.type.list {
            let count = form.choiceList(named: list)?.choices.count ?? 0
            parts[0] += " of \(list) (\(CountText.of(count, "choice")))"
        }
        if item.required != nil { parts.append("required") }
        if let metric = item.metric { parts.append(metric) }
        return parts.joined(separator: ", ")
    }

    private func logic(of item: Form.Item) -> [String] {
        [
            ("asked if", item.relevant), ("must satisfy", item.constraint), ("calculated as", item.calculation),
            ("choices where", item.choiceFilter), ("required if", item.required.flatMap { $0.isYes ? nil : $0 }),
        ].compactMap { name, expression in expression.map { "\(name): \($0)" } }
    }

    private func value(_ item: Form.Item) -> Value {
        let choices = item.type.list.flatMap { form.choiceList(named: $0) }?.choices
        return [
            "name": .text(item.name), "type": .text(item.type.name), "label": .text(text(item.label)),
            "group": Value(item.parent), "required": Value(item.required), "relevant": Value(item.relevant),
            "constraint": Value(item.constraint), "calculation": Value(item.calculation),
            "choiceFilter": Value(item.choiceFilter), "metric": Value(item.metric),
            "choices": choices.map { choices in
                .list(choices.map { ["name": .text($0.name), "label": .text(text($0.label))] })
            } ?? .null,
        ]
    }
}

extension String {
    /// Whether the required column says yes rather than give a condition.
    fileprivate var isYes: Bool { ["yes", "true", "true()"].contains(lowercased()) }
}
