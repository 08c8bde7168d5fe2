import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine
import CanvassSurvey

/// `canvass response`
enum ResponseCommands {
    static let command = Command(
        "response", "List, show, correct and import responses, and see who changed what.",
        examples: [Example("canvass response list visit", "List the latest responses.")],
        subcommands: [
            list, show, edit, ResponseHistoryCommands.history, ResponseHistoryCommands.blame,
            ResponseHistoryCommands.revert, ResponseImportCommand.command,
        ])

    static let id = Positional("ID", .text, "The response's id, or how it begins.")
    private static let limit = Option("limit", short: "n", .integer(in: 1...1_000_000), default: 20, "List at most N.")
    private static let flagged = Option(flag: "flagged", "Only responses with findings.")
    private static let settings = Option(
        repeating: "set", .assignment, "Give a question another answer, written as in a table.")
    private static let cleared = Option(repeating: "clear", .text, placeholder: "QUESTION", "Take an answer away.")
    private static let allowFindings = Option(
        flag: "allow-findings", "Write the answers even if they break a rule of the survey.")

    private static let list = Command(
        "list", "List the responses to a survey, the latest first.",
        examples: [
            Example("canvass response list visit --limit 50", "The latest fifty."),
            Example("canvass response list visit --flagged", "Those that an import found something wrong with."),
        ],
        options: [limit, flagged, SurveyArgument.campaign], positionals: [SurveyArgument.name],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let survey = try SurveyArgument.survey(arguments, in: replica)
            let all = try replica.responses(to: survey).filter { !arguments[flagged] || !$0.findings.isEmpty }
            let shown = all.reversed().prefix(arguments[limit])
            let names = try memberNames(replica)
            if output.isJSON {
                output.emit(.list(shown.map { $0.value(collectorName: names[$0.collector]) }))
                return .done
            }
            guard !all.isEmpty else {
                output.print(arguments[flagged] ? "No flagged responses." : "No responses yet.")
                return .done
            }
            var table = Table([
                .init("ID"), .init("COLLECTOR"), .init("FINISHED"), .init("ANSWERS", .right), .init("FINDINGS", .right),
                .init(""),
            ])
            for response in shown {
                table.add([
                    StyledText(response.id.description),
                    StyledText(names[response.collector] ?? response.collector.description),
                    StyledText(response.finishedMilliseconds.map(TimeText.local) ?? ""),
                    "\(response.answers.members.count)", "\(response.findings.count)",
                    StyledText(response.isProvisional ? "provisional" : ""),
                ])
            }
            output.print(table)
            if shown.count < all.count {
                output.print("… \(NumberText.grouped(Int64(all.count - shown.count))) more; --limit shows them")
            }
            return .done
        })

    private static let show = Command(
        "show", "Show one response with its questions.",
        examples: [
            Example(
                "canvass response show ID",
                "An id of `canvass response list visit`; its start is enough where it fits one."),
            Example("canvass response show ID --as-of 2026-11-21", "As it was at the end of that day."),
        ],
        options: [SurveyCommands.language, Moment.option], positionals: [id],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let past = try arguments[Moment.option].map {
                try replica.response(named: arguments[id], asOf: $0.milliseconds)
            }
            let response = try past?.response ?? replica.response(named: arguments[id])
            let collector = try memberNames(replica)[response.collector]
            if output.isJSON {
                output.emit(response.value(collectorName: collector, moment: past?.moment))
                return .done
            }
            if let past { output.print(past.moment) }
            let survey = try replica.surveys().first { $0.id == response.survey }
            let form = try survey?.published.first { $0.id == response.version }.map { try replica.form(of: $0) }
            var facts = KeyValueList()
            facts.add("Response", response.id.description, .bold)
            facts.add("Survey", survey?.name ?? response.survey.description)
            facts.add("Collector", collector ?? response.collector.description)
            if let finished = response.finishedMilliseconds { facts.add("Finished", TimeText.local(finished)) }
            if let language = response.language { facts.add("Language", language) }
            if response.isProvisional {
                facts.add("Provisional", "came from another device; the relay has not confirmed all of it", .magenta)
            }
            for finding in response.findings { facts.add("Finding", finding, .magenta) }
            output.print(facts)
            output.print()
            let language = arguments[SurveyCommands.language]
            if let form { LanguageText.warn(of: language, in: form, on: output) }
            let conflicts = try replica.conflicts().filter { $0.entity == response.id }
            show(response.answers, conflicts: conflicts, form: form, language: language, on: output)
            return .done
        })

    private static func show(
        _ answers: Answers, conflicts: [OpenConflict], form: Form?, language: String?, on output: Output
    ) {
        let order = form?.items.map(\.name) ?? []
        let rank = Dictionary(
            order.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
        let sorted = answers.members.sorted { rank[$0.key] ?? .max < rank[$1.key] ?? .max }
        for member in sorted {
            let item = form?.item(named: member.key)
            let label = item?.label.text(in: language, default: form?.defaultLanguage) ?? ""
            output.print("\(member.key, .bold)")
            if !label.isEmpty { output.print(wrapped: label, indent: "  ", .dim) }
            let answer = AnswerText.labelled(member.value, of: item, in: form, language: language)
            output.print(wrapped: answer, indent: "  ")
            if let conflict = conflicts.first(where: { $0.field == member.key }) {
                let count = CountText.of(conflict.candidates.count, "value")
                output.print("  \("Open conflict", .magenta) of \(count): `canvass conflicts show \(conflict.id)`")
            }
        }
        // A conflict in which an answer was taken away shows as no answer.
        for conflict in conflicts where answers[conflict.field] == nil && !conflict.field.hasPrefix("@") {
            output.print("\(conflict.field, .bold)")
            output.print("  \("Open conflict", .magenta): `canvass conflicts show \(conflict.id)`")
        }
    }

    private static let edit = Command(
        "edit", "Correct answers of a response.",
        discussion: """
            Everybody who may see the response gets the correction with the next sync; what stood there before stays in \
            the history. Answers that break a rule of the survey are refused, with exit code 3, unless --allow-findings.
            """,
        examples: [
            Example("canvass response edit ID --set recommend=9", "Give one question another answer."),
            Example("canvass response edit ID --clear comment", "Take an answer away."),
        ],
        options: [settings, cleared, allowFindings], positionals: [id],
        run: { arguments, output in
            let changes =
                arguments[settings].map { Value.Member($0.question, .text($0.text)) }
                + arguments[cleared].map { Value.Member($0, .null) }
            guard !changes.isEmpty else {
                throw UserError(
                    code: "usage.nothing-to-change", "nothing is to be changed",
                    remedy: "Say what with --set QUESTION=VALUE or --clear QUESTION.", exitCode: .usage)
            }
            let replica = try ReplicaLocation.open(arguments)
            let response = try replica.response(named: arguments[id])
            let result = try replica.edit(response, setting: changes, allowsFindings: arguments[allowFindings])
            if output.isJSON { output.emit(result.value) }
            switch result {
            case .recorded: output.print("Changed \(CountText.of(changes.count, "answer")) of \(response.id, .bold).")
            case .refused(let findings):
                output.print("\("Not changed", .red), because of \(CountText.of(findings.count, "finding")):")
                output.print(findings)
                output.print("--allow-findings writes the answers all the same.")
            }
            return result.isRecorded ? .done : .findings
        })

    private static func memberNames(_ replica: Replica) throws -> [EntityID: String] {
        Dictionary(try replica.members().map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    }
}

extension Response {
    fileprivate func value(collectorName: String?, moment: PastMoment? = nil) -> Value {
        [
            "asOf": moment?.value ?? .null,
            "id": .text(id.description), "survey": .text(survey.description), "version": .text(version.description),
            "collector": .text(collector.description), "collectorName": Value(collectorName),
            "language": Value(language), "finishedMilliseconds": Value(finishedMilliseconds),
            "answers": answers.value, "findings": .list(findings.map(Value.text)),
            "provisional": .bool(isProvisional),
        ]
    }
}

/// `QUESTION=VALUE` on the command line.
private struct Assignment: Sendable {
    let question: String
    let text: String
}

extension ArgumentKind where Parsed == Assignment {
    fileprivate static var assignment: ArgumentKind<Assignment> {
        ArgumentKind<Assignment>(placeholder: "QUESTION=VALUE", describe: { "\($0.question)=\($0.text)" }) {
            (text) throws(InvalidArgument) -> Assignment in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else { throw InvalidArgument("a question, =, and its answer") }
            return Assignment(question: String(parts[0]), text: String(parts[1]))
        }
    }
}
