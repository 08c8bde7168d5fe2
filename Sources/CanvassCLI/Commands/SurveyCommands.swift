import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine
import CanvassSurvey
import CanvassXLSForm

/// `canvass survey`
enum SurveyCommands {
    static let command = Command(
        "survey", "Import questionnaires, look at them, and publish them.",
        examples: [Example("canvass survey import visit.xlsx", "Read a questionnaire in the XLSForm standard.")],
        subcommands: [importFile, list, show, publish])

    static let language = Option("lang", .text, placeholder: "CODE", "The language of texts, for example fr.")
    private static let file = Positional("FILE", .path, "The workbook (.xlsx), in the XLSForm standard.")
    private static let campaign = Option(
        "campaign", .text, placeholder: "NAME", "The campaign it belongs to; needed where there are several.")
    private static let formID = Option(
        "name", .text, placeholder: "FORM_ID", "The survey's name, instead of the form_id of the settings sheet.")

    private static let importFile = Command(
        "import", "Read a questionnaire as the draft of a survey.",
        discussion: """
            Reads the sheets survey, choices and settings of a workbook (https://xlsform.org). The same form again \
            changes the draft; nobody is asked the new questions before it is published.

            What is not supported is kept where it can be, and named in a warning with its sheet, row and column.
            """,
        examples: [
            Example("canvass survey import visit.xlsx", "Import into the only campaign."),
            Example("canvass survey import visit.xlsx --campaign visits --name visit_2", "Import under another name."),
        ],
        options: [campaign, formID], positionals: [file],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let campaign = try replica.campaign(named: arguments[campaign])
            let questionnaire = try Questionnaire(path: arguments[file], name: arguments[formID])
            guard questionnaire.errors.isEmpty else { throw questionnaire.failure(showingMoreOn: output) }
            let form = questionnaire.form
            let survey = try replica.importSurvey(form, into: campaign)
            let questions = form.items.count(where: \.type.isAsked)
            if output.isJSON {
                output.emit(
                    .map(
                        (survey.value.mapValue ?? []) + [
                            .init("questions", Value(questions)),
                            .init("warnings", .list(questionnaire.warnings.map(\.value))),
                        ]))
                return .done
            }
            for warning in questionnaire.warnings { output.warn(StyledText(warning.description)) }
            output.print(
                "Imported \(survey.name, .bold) (\(survey.title)): \(CountText.of(questions, "question")).")
            let typed = try SurveyArgument.typed(survey, in: replica)
            output.print("Next: publish it with `canvass survey publish \(typed)`.")
            return .done
        })

    private static let list = Command(
        "list", "List the surveys that this replica holds.",
        examples: [Example("canvass survey list", "One line a survey.")],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let surveys = try replica.surveys()
            if output.isJSON { output.emit(.list(surveys.map(\.value))) }
            if surveys.isEmpty {
                output.print("No surveys yet. Import one with `canvass survey import FILE.xlsx`, or join and sync.")
                return .done
            }
            let campaigns = try replica.campaigns()
            var table = Table([.init("NAME"), .init("STATE"), .init("CAMPAIGN"), .init("TITLE")])
            for survey in surveys {
                table.add([
                    StyledText(survey.name), StyledText(survey.state),
                    StyledText(campaigns.first { $0.id == survey.campaign }?.name ?? ""), StyledText(survey.title),
                ])
            }
            output.print(table)
            return .done
        })

    private static let show = Command(
        "show", "Show the questions of a survey, with types and skip logic.",
        discussion: "Shows what is published, and says where the draft differs; of an unpublished survey the draft.",
        examples: [Example("canvass survey show visit --lang fr", "Show the questions in French.")],
        options: [language, SurveyArgument.campaign], positionals: [SurveyArgument.name],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let survey = try SurveyArgument.survey(arguments, in: replica)
            let draft = try replica.draft(of: survey)
            let form = survey.published.isEmpty ? draft : try replica.form(of: survey)
            let listing = FormListing(
                survey: survey, form: form, differsFromDraft: form != draft,
                cutItems: try replica.itemsCutFromCircles(of: survey), language: arguments[language])
            LanguageText.warn(of: arguments[language], in: form, on: output)
            if output.isJSON {
                output.emit(listing.value)
            } else {
                listing.print(on: output)
            }
            return .done
        })

    private static let publish = Command(
        "publish", "Freeze the draft of a survey as a version that responses are taken with.",
        discussion: "Publishing a draft that has not changed does nothing.",
        examples: [Example("canvass survey publish visit", "Publish the draft of the survey visit.")],
        options: [SurveyArgument.campaign], positionals: [SurveyArgument.name],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let survey = try SurveyArgument.survey(arguments, in: replica)
            let version = try replica.publish(survey)
            let isNew = version.id != survey.published.last?.id
            if output.isJSON {
                output.emit(
                    .map([.init("survey", .text(survey.name)), .init("isNew", .bool(isNew))] + version.members))
            }
            if isNew {
                output.print("Published version \(version.number) of \(survey.name, .bold).")
                output.print("Next: `canvass sync` takes it to everybody in the campaign.")
            } else {
                output.print("Nothing to publish: the draft is the same as version \(version.number).")
            }
            return .done
        })
}

extension Survey {
    /// "draft", "version 3"
    var state: String { published.last.map { "version \($0.number)" } ?? "draft" }

    var value: Value {
        [
            "id": .text(id.description), "name": .text(name), "title": .text(title),
            "campaign": .text(campaign.description), "published": .list(published.map { .map($0.members) }),
        ]
    }
}

extension PublishedVersion {
    var members: [Value.Member] {
        [
            .init("id", .text(id.description)), .init("number", Value(number)), .init("version", .text(version)),
            .init("publishedMilliseconds", .integer(publishedMilliseconds)),
        ]
    }
}
