import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine
import CanvassSurvey

/// A draft as `canvass draft show` lists it.
struct DraftListing {
    let draft: ResponseDraft
    let survey: Survey
    let form: Form
    let progress: DraftProgress

    func print(on output: Output) {
        var facts = KeyValueList()
        facts.add("Draft", draft.id.description, .bold)
        facts.add("Survey", "\(survey.name), \(versions)")
        facts.add("Started", TimeText.local(draft.startedMilliseconds))
        facts.add("Saved", TimeText.local(draft.savedMilliseconds))
        if let language = draft.language { facts.add("Language", language) }
        output.print(facts)
        for member in draft.answers.members {
            let note = progress.hidden.contains(member.key) ? " (not asked with these answers)" : ""
            output.print()
            output.print("\(member.key, .bold)\(note)")
            let item = form.item(named: member.key)
            if let item { output.print(wrapped: form.label(of: item, in: draft.language), indent: "  ", .dim) }
            output.print(
                wrapped: AnswerText.labelled(member.value, of: item, in: form, language: draft.language), indent: "  ")
        }
        for member in draft.setAside.members {
            output.print()
            output.print("\(member.key, .bold) (set aside: \(reason(member.key)))")
            output.print(wrapped: AnswerText.plain(member.value), indent: "  ")
        }
        output.print()
        if progress.findings.isEmpty {
            output.print("Ready: `canvass draft finish \(draft.id)` makes the response.")
        } else {
            output.print("Before it can be finished:")
            output.print(progress.findings)
        }
        guard let next = progress.open.first else { return }
        output.print("Next: `canvass draft answer \(draft.id) \(next.name) VALUE`.")
    }

    private func reason(_ question: String) -> String {
        form.item(named: question) == nil
            ? "version \(number(of: draft.version)) has no such question" : "the question is another one now"
    }

    private var versions: String {
        let latest = "version \(number(of: draft.version))"
        return draft.version == draft.firstVersion
            ? latest : "\(latest), begun with version \(number(of: draft.firstVersion))"
    }

    private func number(of version: EntityID) -> String {
        survey.published.first { $0.id == version }.map { "\($0.number)" } ?? version.description
    }

    var value: Value {
        .map(
            (draft.value(in: [survey]).mapValue ?? []) + [
                .init("hidden", .list(progress.hidden.map(Value.text))),
                .init(
                    "open",
                    .list(
                        progress.open.map { item in
                            [
                                "name": .text(item.name), "type": .text(item.type.name),
                                "label": .text(form.label(of: item, in: draft.language)),
                            ]
                        })),
                .init("findings", .list(progress.findings.map(\.value))),
            ])
    }
}

extension ResponseDraft {
    func surveyName(in surveys: [Survey]) -> String {
        surveys.first { $0.id == survey }?.name ?? survey.description
    }

    func value(in surveys: [Survey]) -> Value {
        [
            "id": .text(id.description), "survey": .text(survey.description),
            "surveyName": Value(surveys.first { $0.id == survey }?.name), "version": .text(version.description),
            "firstVersion": .text(firstVersion.description), "language": Value(language),
            "startedMilliseconds": .integer(startedMilliseconds), "savedMilliseconds": .integer(savedMilliseconds),
            "answers": answers.value, "setAside": setAside.value,
        ]
    }

    /// What came of an answer: whether it is saved, and with which answers the draft stands.
    func saving(_ findings: [Finding]) -> Value {
        [
            "id": .text(id.description), "isSaved": .bool(findings.isEmpty), "answers": answers.value,
            "setAside": setAside.value, "findings": .list(findings.map(\.value)),
        ]
    }
}
