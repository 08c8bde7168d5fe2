import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine
import CanvassSurvey

/// `canvass conflicts`
enum ConflictCommands {
    static let command = Command(
        "conflicts", "List the open conflicts, show one, and settle it.",
        discussion: """
            Where two people changed the same answer without knowing of each other, both values are kept, and one of \
            them is shown everywhere, until a person settles it. Fields about which nobody could know better, such as the \
            order of questions, settle themselves.
            """,
        examples: [
            Example("canvass conflicts", "List the open conflicts."),
            Example("canvass conflicts settle ID --take 2", "Decide for the second value."),
        ],
        options: [SurveyCommands.language], subcommands: [list, show, settle], run: runList)

    private static let id = Positional("ID", .text, "The conflict's id, or how it begins.")
    private static let take = Option(
        "take", .integer(in: 1...1000), placeholder: "N", "The value with this number in the list.")
    private static let value = Option("value", .text, placeholder: "VALUE", "Another value, written as in a table.")

    private static let list = Command(
        "list", "List the open conflicts, with who put which value where and when.",
        examples: [Example("canvass conflicts list", "All of them.")], run: runList)

    @Sendable private static func runList(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let conflicts = try ReplicaLocation.open(arguments).conflicts(language: arguments[SurveyCommands.language])
        if output.isJSON { output.emit(.list(conflicts.map(\.value))) }
        guard !conflicts.isEmpty else {
            output.print("No open conflicts.")
            return .done
        }
        for conflict in conflicts { show(conflict, on: output) }
        output.print("Settle one with `canvass conflicts settle ID --take N`.")
        return .done
    }

    private static let show = Command(
        "show", "Show one conflict.",
        examples: [
            Example("canvass conflicts show ID", "An id of `canvass conflicts`; its start is enough where it fits one.")
        ],
        positionals: [id],
        run: { arguments, output in
            let conflict = try ReplicaLocation.open(arguments).conflict(
                named: arguments[id], language: arguments[SurveyCommands.language])
            if output.isJSON { output.emit(conflict.value) }
            show(conflict, on: output)
            return .done
        })

    private static let settle = Command(
        "settle", "Decide which value stands.",
        discussion: """
            After the next syncs the conflict is settled everywhere. An answer that breaks a rule of the survey is \
            refused, with exit code 3.
            """,
        examples: [
            Example("canvass conflicts settle ID --take 1", "Decide for the first value, the one that is shown."),
            Example("canvass conflicts settle ID --value 8", "Put another value in place of both."),
        ],
        options: [take, value], positionals: [id],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let conflict = try replica.conflict(named: arguments[id])
            let decision: Value
            switch (arguments[take], arguments[value]) {
            case (let number?, nil): decision = try candidate(number, of: conflict)
            // Read by the question's type.
            case (nil, let text?) where conflict.kind == EntityKind.response.rawValue: decision = .text(text)
            case (nil, let text?): decision = try property(text, for: conflict)
            default:
                throw UserError(
                    code: "usage.one-decision", "say either --take N or --value VALUE",
                    remedy: "See the values with `canvass conflicts show \(conflict.id)`.", exitCode: .usage)
            }
            let findings = try replica.settle(conflict, with: decision)
            if output.isJSON {
                output.emit([
                    "id": .text(conflict.id), "isSettled": .bool(findings.isEmpty), "value": decision,
                    "findings": .list(findings.map(\.value)),
                ])
            }
            guard findings.isEmpty else {
                output.print("\("Not settled", .red), because of \(CountText.of(findings.count, "finding")):")
                output.print(findings)
                return .findings
            }
            output.print("Settled \(conflict.id, .bold): \(AnswerText.plain(decision))")
            return .done
        })

    /// The value with a number of the list.
    private static func candidate(_ number: Int, of conflict: OpenConflict) throws(UserError) -> Value {
        guard conflict.candidates.indices.contains(number - 1) else {
            throw UserError(
                code: "conflict.no-such-value",
                "the conflict \(conflict.id) has \(conflict.candidates.count) values",
                remedy: "Take one of 1 to \(conflict.candidates.count).")
        }
        return conflict.candidates[number - 1].value
    }

    /// Reads a value of what is no answer: as text, or as JSON where the values that are there are no texts.
    private static func property(_ text: String, for conflict: OpenConflict) throws(UserError) -> Value {
        if conflict.candidates.contains(where: { $0.value.textValue != nil }) { return .text(text) }
        do {
            return try JSON.decode(text)
        } catch {
            throw UserError(
                code: "conflict.unreadable", "“\(text)” is not JSON, as the values of \(conflict.field) are",
                why: error.reason, remedy: "Take one of the values with --take N.")
        }
    }

    private static func show(_ conflict: OpenConflict, on output: Output) {
        output.print("\(conflict.id, .bold)")
        let about = [conflict.survey ?? conflict.kind, conflict.question ?? conflict.field]
        output.print(wrapped: about.joined(separator: ": "), indent: "  ")
        for (index, candidate) in conflict.candidates.enumerated() {
            let shown = index == 0 ? " (shown)" : ""
            let label = candidate.label.map { $0 == AnswerText.plain(candidate.value) ? "" : " (\($0))" } ?? ""
            output.print("  \(index + 1)  \(AnswerText.plain(candidate.value), .bold)\(label)\(shown)")
            var time = TimeText.local(candidate.milliseconds)
            let correction = TimeText.correction(
                of: candidate.milliseconds, to: candidate.correctedMilliseconds)
            if let correction { time += " (\(correction))" }
            output.print(wrapped: "by \(candidate.author), \(time), device \(candidate.device)", indent: "     ")
        }
        output.print()
    }
}

extension OpenConflict {
    var value: Value {
        [
            "id": .text(id), "entity": .text(entity.description), "kind": .text(kind), "field": .text(field),
            "survey": Value(survey), "question": Value(question),
            "values": .list(
                candidates.map {
                    [
                        "value": $0.value, "label": Value($0.label), "author": .text($0.author),
                        "device": .text($0.device.description), "milliseconds": .integer($0.milliseconds),
                        "correctedMilliseconds": Value($0.correctedMilliseconds),
                    ]
                }),
        ]
    }
}
