import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine
import CanvassSurvey

/// `canvass draft`
enum DraftCommands {
    static let command = Command(
        "draft", "Begin an interview, answer question by question, and finish it later.",
        discussion: """
            Every answer is on the disk before the command ends, and stays through a crash, a restart and a new version \
            of the survey. Nobody else sees a draft: it becomes a response when it is finished.
            """,
        examples: [
            Example("canvass draft start visit", "Begin an interview; prints the draft's id."),
            Example("canvass draft answer ID recommend 9", "Answer one question."),
            Example("canvass draft finish ID", "Make the response."),
        ],
        subcommands: [list, start, answer, clear, show, finish, discard], run: runList)

    private static let id = Positional("ID", .text, "The draft's id, or how it begins.")
    private static let question = Positional("QUESTION", .text, "The question's name.")
    private static let value = Positional("VALUE", .text, "The answer, written as in a table.")

    private static let list = Command(
        "list", "List the interviews that are not finished, the oldest first.",
        examples: [Example("canvass draft list", "One line a draft.")], run: runList)

    @Sendable private static func runList(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let replica = try ReplicaLocation.open(arguments)
        let drafts = try replica.drafts()
        let surveys = try replica.surveys()
        if output.isJSON { output.emit(.list(drafts.map { $0.value(in: surveys) })) }
        guard !drafts.isEmpty else {
            output.print("No drafts. Begin one with `canvass draft start SURVEY`.")
            return .done
        }
        var table = Table([
            .init("ID"), .init("SURVEY"), .init("STARTED"), .init("SAVED"), .init("ANSWERS", .right),
            .init("SET ASIDE", .right),
        ])
        for draft in drafts {
            table.add([
                StyledText(draft.id.description), StyledText(draft.surveyName(in: surveys)),
                StyledText(TimeText.local(draft.startedMilliseconds)),
                StyledText(TimeText.local(draft.savedMilliseconds)), "\(draft.answers.members.count)",
                "\(draft.setAside.members.count)",
            ])
        }
        output.print(table)
        return .done
    }

    private static let start = Command(
        "start", "Begin an interview with the latest version of a survey.",
        examples: [
            Example("canvass draft start visit --lang fr", "An interview in French."),
            Example("canvass draft start visit --json", "The same for a script; `id` names the draft."),
        ],
        options: [CollectCommand.language, SurveyArgument.campaign], positionals: [SurveyArgument.name],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let survey = try SurveyArgument.survey(arguments, in: replica)
            let form = try replica.form(of: survey)
            let language = try CollectCommand.language(
                asked: arguments[CollectCommand.language], of: replica.collector(for: survey.campaign), form)
            let draft = try replica.startDraft(of: survey, language: language)
            if output.isJSON { output.emit(draft.value(in: [survey])) }
            output.print("Began \(draft.id, .bold).")
            if let first = try replica.progress(of: draft).open.first {
                output.print("Next: `canvass draft answer \(draft.id) \(first.name) VALUE`.")
            }
            return .done
        })

    private static let answer = Command(
        "answer", "Answer one question of a draft, in place of an answer that is there.",
        discussion: """
            The answer is checked by the rules of the survey; one that breaks them is refused with exit code 3, and the \
            draft stays as it was. A value that begins with - comes after --.
            """,
        examples: [
            Example("canvass draft answer ID recommend 9", "Answer with a number."),
            Example("canvass draft answer ID comment 'Very kind'", "Answer with a text."),
        ],
        positionals: [id, question, value],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let draft = try replica.draft(named: arguments[id])
            switch try replica.answer(arguments[question], with: .text(arguments[value]), in: draft) {
            case .saved(let saved):
                if output.isJSON { output.emit(saved.saving([])) }
                if let stored = saved.answers[arguments[question]] {
                    output.print("Saved \(arguments[question], .bold): \(AnswerText.plain(stored))")
                } else {
                    output.print("Saved \(arguments[question], .bold): this value means no answer.")
                }
                if let next = try replica.progress(of: saved).open.first { output.print("Next: \(next.name)") }
                return .done
            case .refused(let findings):
                if output.isJSON { output.emit(draft.saving(findings)) }
                output.print("\("Not saved", .red), because of \(CountText.of(findings.count, "finding")):")
                output.print(findings)
                return .findings
            }
        })

    private static let clear = Command(
        "clear", "Take an answer of a draft away, also one that was set aside.",
        examples: [Example("canvass draft clear ID comment", "As if the question had not been answered.")],
        positionals: [id, question],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let saved = try replica.clear(arguments[question], in: replica.draft(named: arguments[id]))
            if output.isJSON { output.emit(saved.saving([])) }
            output.print("Took the answer to \(arguments[question], .bold) away.")
            return .done
        })

    private static let show = Command(
        "show", "Show the answers of a draft, what is still to be asked, and what keeps it from being finished.",
        examples: [
            Example("canvass draft show ID", "In the interview's language."),
            Example("canvass draft show ID --json", "The same for a script."),
        ],
        positionals: [id],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let draft = try replica.draft(named: arguments[id])
            let survey = try replica.survey(named: draft.survey.description)
            let form = try replica.form(of: survey)
            let listing = DraftListing(
                draft: draft, survey: survey, form: form, progress: try replica.progress(of: draft))
            if output.isJSON {
                output.emit(listing.value)
            } else {
                listing.print(on: output)
            }
            return .done
        })

    private static let finish = Command(
        "finish", "Make the response of a draft.",
        discussion: """
            The response is written and the draft taken away in one step: whatever happens to the device meanwhile, \
            there is one or the other. Exits with 3 while a rule of the survey is broken; then the draft stays.
            """,
        examples: [Example("canvass draft finish ID", "After that `canvass sync` takes the response along.")],
        positionals: [id],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let draft = try replica.draft(named: arguments[id])
            let hidden = try replica.progress(of: draft).hidden
            let result = try replica.finish(draft)
            if output.isJSON { output.emit(result.value) }
            switch result {
            case .recorded(let response):
                output.print("Finished; recorded as \(response.id, .bold)")
                if !hidden.isEmpty {
                    output.print(
                        wrapped: "Left out, since the survey does not ask them with these answers: "
                            + hidden.joined(separator: ", "))
                }
                return .done
            case .refused(let findings):
                output.print("\("Not finished", .red), because of \(CountText.of(findings.count, "finding")):")
                output.print(findings)
                return .findings
            }
        })

    private static let discard = Command(
        "discard", "Throw a draft away.",
        examples: [Example("canvass draft discard ID", "Its answers are gone.")], positionals: [id],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let draft = try replica.draft(named: arguments[id])
            try replica.discard(draft)
            if output.isJSON { output.emit(["id": .text(draft.id.description), "isDiscarded": true]) }
            output.print("Threw the draft \(draft.id, .bold) away.")
            return .done
        })
}
