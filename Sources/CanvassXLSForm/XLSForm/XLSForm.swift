import CanvassSurvey

/// Reads questionnaires in the XLSForm standard (https://xlsform.org/en/ref-table/).
///
/// For example:
///
///     let imported = try XLSForm.read(bytes, fileName: "visit.xlsx")
///     for warning in imported.warnings { print(warning) }
package enum XLSForm {
    /// Reads the sheets survey, choices and settings of a workbook.
    ///
    /// What this version does not support is kept where it can be and named in a warning; what would lose an answer or
    /// make two questions one is an error.
    ///
    /// - Parameter fileName: of the workbook, with or without its path and extension: the form's id where the settings
    ///   give none. The title defaults to the id.
    /// - Throws: `XLSFormError` with everything that was found wrong.
    package static func read(_ bytes: [UInt8], fileName: String) throws(XLSFormError) -> XLSFormImport {
        let sheets: QuestionnaireSheets
        do {
            sheets = try QuestionnaireSheets(try Workbook(bytes: bytes))
        } catch {
            let place = [error.part, error.cell].compactMap { $0 }.joined(separator: ", ")
            let message = (place.isEmpty ? "" : "\(place): ") + error.reason
            throw XLSFormError(issues: [XLSFormIssue(message: message, remedy: error.remedy)])
        }
        return try read(sheets, fileName: fileName)
    }

    private static func read(_ sheets: QuestionnaireSheets, fileName: String) throws(XLSFormError) -> XLSFormImport {
        guard let survey = sheets.survey else {
            let names = sheets.names.map { quoted($0) }.joined(separator: ", ")
            throw XLSFormError(issues: [
                XLSFormIssue(
                    message: "The workbook has no sheet \"survey\"; its sheets are \(names.isEmpty ? "none" : names)",
                    remedy: "Name the sheet that holds the questions \"survey\".")
            ])
        }
        var log = IssueLog()
        let settings = SettingsReader.read(sheets.settings, fileName: fileName, log: &log)
        let choices = ChoicesReader.read(sheets.choices, allowsDuplicates: settings.allowsChoiceDuplicates, log: &log)
        let table = Table<SurveyColumn>(survey, log: &log)
        let items = SurveyReader.items(table, lists: Set(choices.lists.map(\.name)), log: &log)
        var languages = table.languages
        languages += choices.languages.filter { !languages.contains($0) }
        let defaultLanguage = settings.defaultLanguage.map { wanted in
            language(wanted, among: languages, hasUntranslated: hasUntranslated(items), log: &log)
        }
        guard log.errors.isEmpty else { throw XLSFormError(issues: log.errors) }
        let form = Form(
            id: settings.formID, title: settings.title, version: settings.version, languages: languages,
            defaultLanguage: defaultLanguage, items: items, choiceLists: choices.lists)
        return XLSFormImport(form: form, warnings: log.warnings)
    }

    private static func hasUntranslated(_ items: [Form.Item]) -> Bool {
        items.contains { $0.label.translations.contains { $0.language.isEmpty } }
    }

    /// The language of the sheets that `default_language` means: written the same, or by its name or code alone, "en"
    /// for "English (en)". Columns without a language are in the default language, so it needs no column of its own.
    private static func language(
        _ wanted: String, among languages: [String], hasUntranslated: Bool, log: inout IssueLog
    ) -> String {
        let key = wanted.lowercased()
        let match = languages.first { language in
            let parts = language.lowercased().split { $0 == "(" || $0 == ")" }.map(\.trimmed)
            return language.lowercased() == key || parts.contains(key)
        }
        if match == nil, !hasUntranslated {
            log.warn(
                XLSFormIssue(
                    sheet: "settings", column: SettingsColumn.defaultLanguage.rawValue,
                    message: "No label is written in the default language \(quoted(wanted))",
                    remedy: "Write it as in the headers: \(languages.map { quoted($0) }.joined(separator: ", "))."))
        }
        return match ?? wanted
    }
}

/// The sheets of a workbook that make a questionnaire, found by their names in any case.
private struct QuestionnaireSheets {
    let names: [String]
    let survey: Sheet?
    let choices: Sheet?
    let settings: Sheet?

    init(_ workbook: Workbook) throws(WorkbookError) {
        names = workbook.sheetNames
        survey = try Self.find("survey", in: workbook)
        choices = try Self.find("choices", in: workbook)
        settings = try Self.find("settings", in: workbook)
    }

    private static func find(_ name: String, in workbook: Workbook) throws(WorkbookError) -> Sheet? {
        guard let found = workbook.sheetNames.first(where: { $0.trimmed.lowercased() == name }) else { return nil }
        return try workbook.sheet(named: found)
    }
}
