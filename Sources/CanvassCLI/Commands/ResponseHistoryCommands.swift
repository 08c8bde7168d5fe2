import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine

/// `canvass response history`, `blame` and `revert`
enum ResponseHistoryCommands {
    private static let number = Option(
        required: "change", .integer(in: 1...1_000_000_000), placeholder: "N",
        "The number of the change in the history.")
    private static let force = Option(flag: "force", "Also where somebody has changed the answer since.")

    static let history = Command(
        "history", "Tell who changed what in a response, when and on which device.",
        discussion: """
            Times are those that the clock of each device showed. The order is that in which the changes came to be known \
            here: whatever the clocks say, no change stands before one that its author knew.
            """,
        examples: [
            Example("canvass response history 01JD3Q", "The start of an id is enough where it fits one."),
            Example("canvass response revert 01JD3Q --change 3", "Take one of its changes back."),
        ],
        options: [SurveyCommands.language], positionals: [ResponseCommands.id],
        run: { arguments, output in
            let history = try ReplicaLocation.open(arguments)
                .history(ofResponse: arguments[ResponseCommands.id], language: arguments[SurveyCommands.language])
            if output.isJSON {
                output.emit(history.value)
                return .done
            }
            output.print("\(history.response.description, .bold)  \(history.survey ?? "")")
            let text = HistoryText(output)
            for entry in history.entries {
                output.print(text.heading(entry))
                if let correction = text.correction(entry) { output.print(wrapped: correction, indent: "     ", .dim) }
                for sentence in text.sentences(entry) { output.print(wrapped: sentence, indent: "     ") }
            }
            return .done
        })

    static let blame = Command(
        "blame", "Tell who gave each answer of a response that is shown, and when.",
        examples: [Example("canvass response blame 01JD3Q", "Every answer with its author.")],
        options: [SurveyCommands.language], positionals: [ResponseCommands.id],
        run: { arguments, output in
            let fields = try ReplicaLocation.open(arguments)
                .blame(ofResponse: arguments[ResponseCommands.id], language: arguments[SurveyCommands.language])
            if output.isJSON {
                output.emit(.list(fields.map(\.document)))
                return .done
            }
            let text = HistoryText(output)
            for field in fields where !field.field.hasPrefix("@") {
                let conflict = field.beside.isEmpty ? "" : "  (in conflict)"
                let line: StyledText = "\(field.field, .bold)  \(text.answer(field.value))\(conflict)"
                output.print(line.truncated(to: output.textWidth, ellipsis: text.isUTF8 ? "…" : "..."))
                output.print(
                    wrapped: "change \(field.entry.number), \(TimeText.local(field.entry.milliseconds)), "
                        + text.origin(field.entry), indent: "     ", .dim)
            }
            return .done
        })

    static let revert = Command(
        "revert", "Take a change of a response back, by a new change.",
        discussion: """
            Each answer gets the value that the change replaced; one that it gave first is taken away. An answer that \
            somebody has changed since is left as it is, unless --force, and the exit code is 3. To take a revert back, \
            revert it. The first change made the response and cannot be taken back: that would delete it.
            """,
        examples: [
            Example("canvass response revert 01JD3Q --change 3", "Take the third change of its history back."),
            Example("canvass response revert 01JD3Q --change 3 --force", "Whatever came after it."),
        ],
        options: [number, force, SurveyCommands.language], positionals: [ResponseCommands.id],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let id = arguments[ResponseCommands.id]
            let history = try replica.history(ofResponse: id)
            guard let entry = history.entries.first(where: { $0.number == arguments[number] }) else {
                throw UserError(
                    code: "history.no-such-change",
                    "the response \(history.response) has \(CountText.of(history.entries.count, "change"))",
                    remedy: "`canvass response history \(history.response)` lists them")
            }
            let reversion = try replica.revert(
                entry.dot, ofResponse: id, isForced: arguments[force], language: arguments[SurveyCommands.language])
            if output.isJSON { output.emit(reversion.value(response: history)) }
            show(reversion, on: output)
            return reversion.skipped.isEmpty ? .done : .findings
        })

    private static func show(_ reversion: Reversion, on output: Output) {
        let text = HistoryText(output)
        let isDone = reversion.change != nil
        output.print(isDone ? "Took change \(reversion.entry.number) back." : "Nothing was taken back.")
        if reversion.isResponseRestored { output.print("  The response is there again.") }
        for field in reversion.restored {
            let name = text.name(field.field, question: field.question)
            let became = field.value.map { "is \(text.answer($0)) again" } ?? "has no answer again"
            output.print(wrapped: "\(name) \(became)", indent: "  ")
        }
        for field in reversion.skipped {
            let name = field.field.map { text.name($0, question: field.question) } ?? "One operation"
            let reason =
                switch field.reason {
                case .changedSince(let number, let author):
                    "stays: \(author) changed it with change \(number); --force takes it back all the same"
                case .unchanged: "stays: it is so already"
                case .unknownOperation: "stays: only a newer version of Canvass understands it"
                }
            output.print(wrapped: "\(name) \(reason)", indent: "  ", .magenta)
        }
    }
}

extension HistoryText {
    fileprivate init(_ output: Output) {
        self.init(isUTF8: output.standard.capabilities.isUTF8)
    }
}

extension ResponseHistory {
    fileprivate var value: Value {
        [
            "response": .text(response.description), "survey": Value(survey),
            "collector": .text(collector.description), "changes": .list(entries.map { $0.value(withFields: true) }),
        ]
    }
}

extension HistoryEntry {
    fileprivate func value(withFields: Bool) -> Value {
        let members: [Value.Member] = [
            .init("number", Value(number)), .init("change", .text(dot.description)),
            .init("event", .text(event.rawValue)), .init("author", .text(author)),
            .init("device", .text(device.description)), .init("milliseconds", .integer(milliseconds)),
            .init("correctedMilliseconds", Value(correctedMilliseconds)),
        ]
        guard withFields else { return .map(members) }
        return .map(
            members + [
                .init("fields", .list(fields.map(\.value))), .init("unknownOperations", Value(unknownOperations)),
            ])
    }
}

extension HistoryEntry.FieldChange {
    fileprivate var value: Value {
        [
            "field": .text(field), "question": Value(question), "before": .list(before), "after": after ?? .null,
            "beside": .list(beside), "isShown": .bool(isShown),
        ]
    }
}

extension FieldBlame {
    fileprivate var document: Value {
        [
            "field": .text(field), "question": Value(question), "value": value, "beside": .list(beside),
            "change": entry.value(withFields: false),
        ]
    }
}

extension Reversion {
    fileprivate func value(response history: ResponseHistory) -> Value {
        [
            "response": .text(history.response.description), "number": Value(entry.number),
            "change": Value(change?.description), "isResponseRestored": .bool(isResponseRestored),
            "restored": .list(
                restored.map {
                    ["field": .text($0.field), "question": Value($0.question), "value": $0.value ?? .null]
                }),
            "skipped": .list(
                skipped.map {
                    [
                        "field": Value($0.field), "question": Value($0.question), "reason": .text($0.reason.code),
                        "changedBy": Value($0.reason.laterChange),
                    ]
                }),
        ]
    }
}

extension Reversion.Reason {
    fileprivate var code: String {
        switch self {
        case .changedSince: "changed-since"
        case .unchanged: "unchanged"
        case .unknownOperation: "unknown-operation"
        }
    }

    /// The number of the change that stands in the way.
    fileprivate var laterChange: Int64? {
        if case .changedSince(let number, _) = self { Int64(number) } else { nil }
    }
}
