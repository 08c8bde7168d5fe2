import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine
import CanvassSurvey

/// `canvass collect`
enum CollectCommand {
    private static let answers = Option(
        required: "answers", .path, placeholder: "FILE",
        "Answers as JSON: an object of question and value, or a list of them; - is standard input.")

    static let command = Command(
        "collect", "Record responses to a survey.",
        discussion: """
            Answers are checked as an interview checks them: what skip logic hides is dropped, calculations are added, \
            and nothing of a response is written while one of its answers breaks a rule. Of a list every response is \
            judged on its own.

            Exits with 3 when a response was not recorded; every finding names the question and what to do.
            """,
        examples: [
            Example("canvass collect visit --answers visit.json", "Record what stands in a file."),
            Example("echo '{\"score\": 9}' | canvass collect visit --answers -", "Record what another program writes."),
        ],
        options: [answers, SurveyCommands.language], positionals: [SurveyCommands.name], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let replica = try ReplicaLocation.open(arguments)
        let survey = try replica.survey(named: arguments[SurveyCommands.name])
        let form = try replica.form(of: survey)
        let file = try AnswersFile(path: arguments[answers])
        var results: [Recording] = []
        for members in file.responses {
            let reading = AnswersReading(members, form: form, language: arguments[SurveyCommands.language])
            guard reading.findings.isEmpty else {
                results.append(.refused(reading.findings))
                continue
            }
            do {
                results.append(
                    try replica.record(reading.answers, to: survey, language: arguments[SurveyCommands.language]))
            } catch {
                throw failure(error, after: results, of: file.responses.count)
            }
        }
        if output.isJSON {
            let values = results.map(\.value)
            output.emit(file.isList ? .list(values) : values.first ?? .null)
        }
        show(results, isList: file.isList, on: output)
        return results.allSatisfy(\.isRecorded) ? .done : .findings
    }

    /// The error with how far the work had come.
    private static func failure(_ error: CanvassError, after results: [Recording], of count: Int) -> UserError {
        let recorded = results.count(where: \.isRecorded)
        return UserError(
            code: error.code.rawValue, error.message,
            why: recorded == 0 ? "" : "\(recorded) of \(CountText.of(count, "response")) were recorded before it",
            remedy: error.remedy)
    }

    private static func show(_ results: [Recording], isList: Bool, on output: Output) {
        for (index, result) in results.enumerated() {
            let which = isList ? "Response \(index + 1): " : ""
            switch result {
            case .recorded(let response): output.print("\(which)recorded as \(response.id, .bold)")
            case .refused(let findings):
                output.print("\(which)\("not recorded", .red), because of \(CountText.of(findings.count, "finding")):")
                output.print(findings)
            }
        }
        if isList {
            output.print(
                "Recorded \(results.count(where: \.isRecorded)) of \(CountText.of(results.count, "response")).")
        }
    }
}

extension Recording {
    var isRecorded: Bool {
        if case .recorded = self { true } else { false }
    }

    /// `{"response": id, "findings": []}`, the id null where nothing was written.
    var value: Value {
        switch self {
        case .recorded(let response): ["response": .text(response.id.description), "findings": []]
        case .refused(let findings): ["response": .null, "findings": .list(findings.map(\.value))]
        }
    }
}

/// The JSON text that `--answers` names.
private struct AnswersFile {
    let responses: [[Value.Member]]
    /// Whether the text is a list, of however many responses.
    let isList: Bool

    /// Far more than one collector takes in a day.
    private static let mostBytes = 1 << 26

    init(path: String) throws(UserError) {
        let bytes = try InputFile.read(path, mostBytes: Self.mostBytes)
        let place = path == "-" ? "standard input" : path
        let value: Value
        do {
            value = try JSON.decode(bytes)
        } catch {
            let position = JSON.position(of: error.offset, in: bytes)
            throw UserError(
                code: "answers.not-json", "the answers are not JSON",
                place: "\(place), line \(position.line), column \(position.column)", why: error.reason,
                remedy: "write an object of question and value, such as {\"score\": 9}")
        }
        let elements = value.listValue ?? [value]
        var responses: [[Value.Member]] = []
        for (index, element) in elements.enumerated() {
            guard let members = element.mapValue else {
                throw UserError(
                    code: "answers.no-object", "the answers are no object of question and value",
                    place: value.listValue == nil ? place : "\(place), element \(index + 1)",
                    remedy: "write them as {\"QUESTION\": VALUE}; `canvass survey show SURVEY` lists the questions")
            }
            responses.append(members)
        }
        self.responses = responses
        isList = value.listValue != nil
    }
}

/// Answers read as their questions' types ask for.
private struct AnswersReading {
    var answers = Answers()
    var findings: [Finding] = []

    /// Names that are no questions stay in, for the interview to judge.
    init(_ members: [Value.Member], form: Form, language: String?) {
        for member in members {
            guard let item = form.item(named: member.key) else {
                answers[member.key] = member.value
                continue
            }
            switch item.read(value: member.value) {
            case .success(let value): answers[member.key] = value
            case .failure(let problem):
                let label = item.label.text(in: language, default: form.defaultLanguage)
                findings.append(
                    Finding(
                        kind: .wrongType, question: item.name, label: label.isEmpty ? item.name : label,
                        message: problem.reason, remedy: problem.remedy))
            }
        }
    }
}
