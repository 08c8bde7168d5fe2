import Canvass
import CanvassCoding
import CanvassCommandLine
import CanvassInsight

/// `canvass report`
enum ReportCommand {
    private static let breakdowns = Option(
        repeating: "by", .text, placeholder: "FIELD", "Divide by a question, by collector or by language.")
    private static let weight = Option(
        "weight", .text, placeholder: "FIELD", "The question that says how many people a response stands for.")

    static let command = Command(
        "report", "Show the scores of a survey, with 95 % confidence intervals.",
        discussion: """
            Scores are made of the questions that the questionnaire marks with canvass::metric. Flagged responses count; \
            answers that mean no answer, or lie outside the scale, do not.

            Without --by the report is divided by collector and language; with --json by every question with choices, \
            too.
            """,
        examples: [
            Example("canvass report visit", "The scores of the survey visit."),
            Example("canvass report visit --by satisfaction --by come_back", "Divided by two questions."),
            Example("canvass report visit --json", "Every figure, unrounded."),
        ],
        options: [breakdowns, weight, SurveyCommands.language, SurveyArgument.campaign],
        positionals: [SurveyArgument.name], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let replica = try ReplicaLocation.open(arguments)
        let survey = try SurveyArgument.survey(arguments, in: replica)
        let names = arguments[breakdowns]
        let selection: ReportBreakdowns = !names.isEmpty ? .named(names) : output.isJSON ? .all : .standard
        let report = try replica.report(
            on: survey, by: selection, weight: arguments[weight], language: arguments[SurveyCommands.language])
        LanguageText.warn(of: arguments[SurveyCommands.language], in: try replica.form(of: survey), on: output)
        if output.isJSON {
            output.emit(report.value)
        } else {
            ReportText(report).print(to: output)
        }
        return .done
    }
}

extension SurveyReport {
    /// `{"survey", "report": see Report.value, "distinctAnswers": [{"question", "answered", "distinct"}]}`
    var value: Value {
        [
            "survey": survey.value, "report": report.value,
            "distinctAnswers": .list(
                distinctAnswers.map {
                    [
                        "question": .text($0.question), "answered": Value($0.answered),
                        "distinct": Value($0.distinct),
                    ]
                }),
        ]
    }
}
