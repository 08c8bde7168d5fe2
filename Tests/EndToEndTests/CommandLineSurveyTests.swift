import CanvassCoding
import Foundation
import TestSupport
import Testing

/// Campaigns and questionnaires, from the file to the published version.
struct CommandLineSurveyTests {
    private func prepared() async throws -> CommandLine {
        let line = try CommandLine()
        try await line.text("init")
        try await line.text("campaign", "create", "Winter", "--goal", "Hear everybody")
        return line
    }

    @Test func `campaigns are made once, listed and shown`() async throws {
        let line = try await prepared()
        let list = try #require(try await line.json("campaign", "list").listValue)
        #expect(list.map { $0["name"]?.textValue } == ["Winter"])
        #expect(list[0]["goal"]?.textValue == "Hear everybody")
        #expect(try await line.failure("campaign", "create", "Winter")["code"]?.textValue == "invalid-input")
        let shown = try await line.json("campaign", "show", "Winter")
        #expect(shown["surveys"]?.listValue == [])
        #expect(try await line.failure("campaign", "show", "Summer")["message"]?.textValue?.contains("Winter") == true)
    }

    @Test func `a questionnaire is imported, shown in a language, and published once`() async throws {
        let line = try await prepared()
        let imported = try await line.json("survey", "import", CommandLine.workbook("field.xlsx"))
        #expect(imported["name"]?.textValue == "field")
        #expect(imported["questions"] == 4)
        let warnings = try #require(imported["warnings"]?.listValue)
        #expect(warnings.count == 1)
        #expect(warnings[0]["row"] == 5 && warnings[0]["sheet"] == "survey" && warnings[0]["column"] == "type")
        #expect(warnings[0]["message"]?.textValue?.contains("geotrace") == true)

        #expect(try await line.json("survey", "show", "field")["isDraft"] == true)
        let published = try await line.json("survey", "publish", "field")
        #expect(published["number"] == 1 && published["isNew"] == true)
        let again = try await line.json("survey", "publish", "field")
        #expect(again["number"] == 1 && again["isNew"] == false)
        #expect(again["id"] == published["id"])

        let shown = try await line.json("survey", "show", "field", "--lang", "es")
        #expect(shown["isDraft"] == false && shown["draftDiffers"] == false)
        let items = try #require(shown["items"]?.listValue)
        #expect(items.map { $0["name"]?.textValue } == ["score", "satisfaction", "reason", "way"])
        #expect(items[0]["label"] == "¿Nos recomendaría?" && items[0]["metric"] == "nps")
        #expect(items[1]["choices"]?.listValue?.count == 5)
        #expect(items[2]["relevant"] == "${score} <= 6")
        let text = try await line.text("survey", "show", "field")
        #expect(text.contains("asked if: ${score} <= 6") && text.contains("How satisfied are you?"))
        #expect(try await line.json("survey", "list").listValue?.count == 1)
    }

    @Test func `warnings reach standard error with their place, and leave the exit code at 0`() async throws {
        let line = try await prepared()
        let outcome = try await line.run("survey", "import", CommandLine.workbook("field.xlsx"), "--name", "other")
        #expect(outcome.status == 0)
        #expect(outcome.outputText.contains("canvass survey publish other"))
        #expect(outcome.errorText.contains("warning: survey, row 5"))
    }

    @Test func `a questionnaire needs a campaign, and one of several has to be named`() async throws {
        let line = try CommandLine()
        try await line.text("init")
        let file = CommandLine.workbook("field.xlsx")
        let none = try await line.failure("survey", "import", file)
        #expect(none["remedy"]?.textValue?.contains("campaign create") == true)
        for name in ["Winter", "Summer"] { try await line.text("campaign", "create", name) }
        #expect(try await line.failure("survey", "import", file)["code"]?.textValue == "ambiguous")
        #expect(try await line.json("survey", "import", file, "--campaign", "Summer")["name"] == "field")
    }

    @Test func `surveys of one name are told apart by their campaigns, and the hint says so`() async throws {
        let line = try CommandLine()
        try await line.text("init")
        for name in ["north", "South side"] {
            try await line.text("campaign", "create", name)
            let hint = try await line.text("survey", "import", CommandLine.workbook("field.xlsx"), "--campaign", name)
            #expect(hint.contains("--campaign 'South side'`") == (name == "South side"))
        }
        let error = try await line.failure("survey", "publish", "field")
        #expect(error["code"] == "ambiguous" && error["message"]?.textValue?.contains("South side, north") == true)
        #expect(error["remedy"]?.textValue?.contains("--campaign") == true)
        #expect(try await line.json("survey", "publish", "field", "--campaign", "South side")["isNew"] == true)
        #expect(try await line.json("survey", "show", "field", "--campaign", "north")["isDraft"] == true)
        let nowhere = try await line.failure("survey", "show", "other", "--campaign", "north")
        #expect(nowhere["message"]?.textValue?.contains("known: field") == true)
    }

    @Test func `a language that a survey lacks is named with those that it has`() async throws {
        let line = try await prepared()
        _ = try await line.json("survey", "import", CommandLine.workbook("field.xlsx"))
        let outcome = try await line.run("survey", "show", "field", "--lang", "xx")
        #expect(outcome.status == 0 && outcome.errorText.contains("no texts in \"xx\""))
        #expect(outcome.errorText.contains("Español (es)"))
        #expect(try await line.run("survey", "show", "field", "--lang", "es").errorText == "")
    }

    @Test(
        arguments: [
            ("text.xlsx", "it is text"), ("empty.xlsx", "empty"), ("password.xlsx", "password"),
            ("no-survey.xlsx", "no sheet \"survey\""), ("old.xls", ".xls"), ("bomb.xlsx", "allowed"),
        ])
    func `what is no questionnaire is refused with the reason`(name: String, reason: String) async throws {
        let line = try await prepared()
        let error = try await line.failure("survey", "import", CommandLine.workbook(name))
        #expect(error["code"]?.textValue == "survey.unreadable")
        #expect(error["message"]?.textValue?.contains(name) == true)
        #expect(error["why"]?.textValue?.contains(reason) == true, "\(error)")
        #expect(error["remedy"]?.textValue?.isEmpty == false)
        #expect(try await line.json("survey", "list").listValue == [])
    }

    @Test func `all mistakes of a questionnaire are told at once, and nothing is written`() async throws {
        let line = try await prepared()
        let outcome = try await line.run("survey", "import", CommandLine.workbook("mistakes.xlsx"))
        #expect(outcome.status == 1)
        let lines = outcome.errorText.split(separator: "\n")
        #expect(lines.count(where: { $0.hasPrefix("error: ") }) > 10)
        #expect(outcome.errorText.contains("survey, row 7, column \"name\""))
        let document = try await line.json("survey", "import", CommandLine.workbook("mistakes.xlsx"), status: 1)
        #expect(document["errors"]?.listValue?.count == lines.count(where: { $0.hasPrefix("error: ") }))
        #expect(try await line.json("survey", "list").listValue == [])
    }

    @Test func `files that are missing, folders, and bad names are told apart`() async throws {
        let line = try await prepared()
        #expect(try await line.failure("survey", "import", "nothing.xlsx")["code"]?.textValue == "file.missing")
        #expect(try await line.failure("survey", "import", line.folder.url.path)["code"]?.textValue == "file.folder")
        let name = try await line.failure("survey", "import", CommandLine.workbook("field.xlsx"), "--name", "a b")
        #expect(name["why"]?.textValue?.contains("cannot name a survey") == true)
    }
}
