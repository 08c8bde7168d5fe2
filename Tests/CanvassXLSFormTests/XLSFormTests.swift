import CanvassCoding
import CanvassSurvey
import Testing

@testable import CanvassXLSForm

@Suite struct XLSFormTests {
    private func text(_ translations: (String, String)...) -> LocalizedText {
        LocalizedText(translations.map { LocalizedText.Translation($0.0, $0.1) })
    }

    private func places(_ issues: [XLSFormIssue]) -> [String] {
        issues.map { "\($0.sheet ?? "") \($0.row ?? 0) \($0.column ?? "")" }
    }

    @Test func `a form in the spellings of the reference is read whole`() throws {
        let form = try XLSForm.read(try Fixture.bytes("visit.xlsx"), fileName: "x.xlsx").form
        #expect(form.id == "shop_visit")
        #expect(form.title == "Shop visit")
        #expect(form.version == "2024.1")
        #expect(form.languages == ["English (en)", "Français (fr)", "Español (es)"])
        #expect(form.defaultLanguage == "Français (fr)")
        #expect(
            form.items.map(\.name) == [
                "start", "today", "shop", "visit", "again", "score", "inner", "age", "items", "areas", "total", "path",
                "bye",
            ])
        #expect(
            form.items.map(\.parent) == [
                nil, nil, nil, nil, "visit", "visit", "visit", "inner", nil, "items", nil, nil, nil,
            ])
        #expect(
            form.items.map(\.type) == [
                .metadata("start"), .metadata("today"), .text, .group, .selectOne(list: "yesno"),
                .range(start: 0, end: 10, step: 0.5), .group, .integer, .repeatGroup, .selectMultiple(list: "area"),
                .calculate, .unknown("geotrace"), .note,
            ])
    }

    @Test func `every column finds its place in the item`() throws {
        let form = try XLSForm.read(try Fixture.bytes("visit.xlsx"), fileName: "x.xlsx").form
        let items = Dictionary(uniqueKeysWithValues: form.items.map { ($0.name, $0) })
        let shop = try #require(items["shop"])
        #expect(shop.label == text(("English (en)", "Shop"), ("Français (fr)", "Magasin")))
        #expect(shop.hint == text(("English (en)", "As on the sign")))
        #expect(shop.required == "yes")
        #expect(shop.requiredMessage == text(("English (en)", "Which shop?")))
        #expect(items["visit"]?.relevant == "${shop} != ''")
        #expect(items["again"]?.metric == "repurchase")
        #expect(items["again"]?.missingCodes == ["8", "9", "refused"])
        #expect(items["score"]?.metric == "nps")
        let age = try #require(items["age"])
        #expect(age.constraint == ". >= 0 and . < 150")
        #expect(age.constraintMessage == text(("English (en)", "Between 0 and 149")))
        #expect(age.defaultValue == "30")
        #expect(age.required == nil)
        let areas = try #require(items["areas"])
        #expect(areas.choiceFilter == "country = ${shop}")
        #expect(areas.appearance == "minimal")
        #expect(
            areas.other == [
                Value.Member("media::image::English (en)", "areas.png"), Value.Member("trigger", "${shop}"),
            ])
        #expect(items["total"]?.calculation == "${age} + 1")
        #expect(items["total"]?.readOnly == true)
        #expect(form.choiceLists.map(\.name) == ["yesno", "area", "unused"])
        let yes = try #require(form.choiceLists.first?.choices.first)
        #expect(yes == Form.Choice(name: "1", label: text(("English (en)", "Yes"), ("Español (es)", "Sí"))))
        #expect(form.choiceLists[1].choices[1].attributes == [Value.Member("country", "it")])
    }

    @Test func `what is not supported is named once, with its place`() throws {
        let warnings = try XLSForm.read(try Fixture.bytes("visit.xlsx"), fileName: "x.xlsx").warnings
        #expect(
            places(warnings) == [
                "settings 1 style", "Survey 1 media::image::English (en)", "Survey 1 trigger", "Survey 13 type",
                "Survey 17 type",
            ])
        #expect(warnings.allSatisfy { !$0.message.isEmpty && !$0.remedy.isEmpty })
        #expect(warnings.last?.message.contains("\"geotrace\"") == true)
    }

    @Test func `older spellings mean the same`() throws {
        let imported = try XLSForm.read(try Fixture.bytes("aliases.xlsx"), fileName: "x.xlsx")
        let form = imported.form
        #expect(form.id == "old_form_1")
        #expect(form.title == "Old spellings")
        #expect(form.version == "2024-02-29")
        #expect(form.languages == ["English"])
        #expect(
            form.items.map(\.type) == [
                .group, .selectOne(list: "yes_no"), .selectMultiple(list: "yes_no"), .selectOne(list: "yes_no"), .image,
                .dateTime, .metadata("deviceid"), .rank(list: "yes_no"), .geopoint, .acknowledge,
            ])
        #expect(
            form.items.map(\.parent) == Array(repeating: nil, count: 1) + Array(repeating: "people", count: 4)
                + Array(repeating: nil, count: 5))
        #expect(form.items[1].label == text(("English", "Do you eat here?")))
        #expect(form.items[1].required == "yes")
        #expect(form.items[2].relevant == "${eats} = \"1\"")
        #expect(form.items[3].constraintMessage == text(("", "Why?")))
        #expect(form.items[3].required == nil)
        #expect(form.items[3].readOnly)
        #expect(form.items[7].label == text(("English", "Order")))
        #expect(form.choiceLists.first?.choices.map(\.name) == ["1", "2.5"])
        #expect(places(imported.warnings) == ["settings 2 form_id", "SURVEY 1 media:image", "SURVEY 4 Type"])
    }

    @Test func `every mistake is reported at once, with its row and a remedy`() throws {
        let bytes = try Fixture.bytes("mistakes.xlsx")
        let error = #expect(throws: XLSFormError.self) { try XLSForm.read(bytes, fileName: "x.xlsx") }
        let issues = try #require(error?.issues)
        #expect(
            places(issues) == [
                "choices 3 list_name", "choices 4 name", "survey 1 Label", "survey 2 name", "survey 3 name",
                "survey 4 name", "survey 5 name", "survey 7 name", "survey 8 type", "survey 9 type", "survey 10 type",
                "survey 11 parameters", "survey 12 canvass::metric", "survey 13 type", "survey 14 type",
                "survey 16 type", "survey 18 name", "survey 17 ",
            ])
        #expect(issues.allSatisfy { !$0.message.isEmpty && !$0.remedy.isEmpty })
        #expect(issues[7].message.contains("row 6"))
        #expect(error?.description.contains("survey, row 8, column \"type\": The list \"nowhere\" is not") == true)
    }

    @Test func `a workbook without questions names the sheets it has`() throws {
        let bytes = try Fixture.bytes("no-survey.xlsx")
        let error = #expect(throws: XLSFormError.self) { try XLSForm.read(bytes, fileName: "x.xlsx") }
        #expect(error?.issues.first?.message.contains("\"Questions\", \"Answers\"") == true)
    }

    @Test(arguments: [
        ("tiny.xlsx", "tiny"), ("/home/a b/Visit 2024 (été).v2.xlsx", "Visit_2024_t_v2"), ("C:\\forms\\a.xlsx", "a"),
        (".xlsx", "xlsx"), ("", "form"), ("опрос.xlsx", "form"),
        (String(repeating: "a", count: 100), String(repeating: "a", count: 64)),
    ])
    func `without settings the file's name is the id and the title`(file: String, id: String) throws {
        let form = try XLSForm.read(try Fixture.bytes("tiny.xlsx"), fileName: file).form
        #expect(form.id == id)
        #expect(form.title == id)
        #expect(form.items.map(\.name) == ["a"])
        #expect(form.items.first?.label == text(("", "A")))
        #expect(form.languages.isEmpty)
    }

    @Test func `a file that is no workbook is refused with its remedy`() throws {
        let bytes = try Fixture.bytes("old.xls")
        let error = #expect(throws: XLSFormError.self) { try XLSForm.read(bytes, fileName: "old.xls") }
        #expect(error?.issues.first?.remedy.contains("save it as .xlsx") == true)
    }
}
