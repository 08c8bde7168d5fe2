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

    static let language = Option(
        "lang", .text, placeholder: "CODE", "The language that the interview was held in, for example fr.")

    static let command = Command(
        "collect", "Record responses to a survey.",
        discussion: """
            Answers are checked as an interview checks them: an answer to a question that skip logic does not ask is a \
            finding, calculations are added, and nothing of a response is written while it has a finding. Of a list every \
            response is judged on its own.

            Without --lang the interview counts as held in your own language if the survey has it, else in the survey's \
            default language.

            Exits with 3 when a response was not recorded; every finding names the question and what to do.
            """,
        examples: [
            Example("canvass collect visit --answers visit.json", "Record what stands in a file."),
            Example(
                "echo '{\"recommend\": 9}' | canvass collect visit --answers -", "Record what another program writes."),
        ],
        options: [answers, language, SurveyArgument.campaign], positionals: [SurveyArgument.name], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let replica = try ReplicaLocation.open(arguments)
        let survey = try SurveyArgument.survey(arguments, in: replica)
        let form = try replica.form(of: survey)
        let collector = try replica.collector(for: survey.campaign)
        let language = try language(asked: arguments[language], of: collector, form)
        let file = try AnswersFile(path: arguments[answers])
        var results: [Recording] = []
        for members in file.responses {
            do {
                results.append(try record(members, to: survey, form, language: language, in: replica))
            } catch {
                show(results, of: file, on: output)
                throw failure(error, after: results, of: file)
            }
        }
        show(results, of: file, on: output)
        return results.allSatisfy(\.isRecorded) ? .done : .findings
    }

    /// The language that responses are recorded with; nil where nobody knows.
    static func language(asked: String?, of collector: Member, _ form: Form) throws(UserError) -> String? {
        if let asked {
            if form.spokenLanguages.isEmpty { return asked }
            guard let known = form.language(matching: asked) else {
                throw UserError(
                    code: "collect.no-such-language", "the survey has no texts in \"\(asked)\"",
                    remedy: "Name one of its languages: \(LanguageText.list(of: form)).")
            }
            return Form.code(ofLanguage: known)
        }
        let own = collector.language.flatMap { form.language(matching: $0) }
        return (own ?? form.defaultLanguage).map(Form.code(ofLanguage:))
    }

    private static func record(
        _ members: [Value.Member], to survey: Survey, _ form: Form, language: String?, in replica: Replica
    ) throws(CanvassError) -> Recording {
        let reading = AnswersReading(members, form: form, language: language)
        guard reading.findings.isEmpty else { return .refused(reading.findings) }
        do {
            return try replica.record(reading.answers, to: survey, language: language)
        } catch {
            guard let finding = reading.excess(in: form, language: language, error: error) else { throw error }
            return .refused([finding])
        }
    }

    /// The error with how far the work had come.
    private static func failure(_ error: CanvassError, after results: [Recording], of file: AnswersFile) -> UserError {
        UserError(
            code: error.code.rawValue, error.message,
            why: results.isEmpty
                ? ""
                : "\(results.count) of \(CountText.of(file.responses.count, "response")) were dealt with before it",
            remedy: results.isEmpty
                ? error.remedy : "\(error.remedy) Then repeat from response \(results.count + 1) on.")
    }

    private static func show(_ results: [Recording], of file: AnswersFile, on output: Output) {
        if output.isJSON {
            let values = results.map(\.value)
            output.emit(file.isList ? .list(values) : values.first ?? .null)
            return
        }
        for (index, result) in results.enumerated() {
            let which = file.isList ? "Response \(index + 1): " : ""
            switch result {
            case .recorded(let response): output.print("\(which)recorded as \(response.id, .bold)")
            case .refused(let findings):
                output.print("\(which)\("not recorded", .red), because of \(CountText.of(findings.count, "finding")):")
                output.print(findings)
            }
        }
        guard file.isList else { return }
        output.print(
            "Recorded \(results.count(where: \.isRecorded)) of \(CountText.of(file.responses.count, "response")).")
        let refused = results.indices.filter { !results[$0].isRecorded }.map { "\($0 + 1)" }
        guard !refused.isEmpty else { return }
        output.print(
            wrapped: "Correct and repeat only \(refused.count == 1 ? "response" : "responses") "
                + refused.joined(separator: ", ") + "; the others are in.")
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

    /// What is wrong with a response that was refused as too large for one change; nil if that is not why.
    func excess(in form: Form, language: String?, error: CanvassError) -> Finding? {
        let sizes = answers.members.map { (question: $0.key, bytes: CBOR.encode($0.value).count) }
        guard error.code == .invalidInput, sizes.reduce(0, { $0 + $1.bytes }) > ChangeLimits.maximumBytes / 2,
            let largest = sizes.max(by: { $0.bytes < $1.bytes })
        else { return nil }
        let label = form.item(named: largest.question).map { form.label(of: $0, in: language) }
        return Finding(
            kind: .constraintBroken, question: largest.question, label: label ?? largest.question,
            message: "the response is too large: \(error.message)",
            remedy: "Shorten this answer, the longest one of the response")
    }
}
