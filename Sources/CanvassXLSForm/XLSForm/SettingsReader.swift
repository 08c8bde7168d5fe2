/// Reads the settings sheet: headers and one row of values.
enum SettingsReader {
    struct Settings {
        var formID: String
        var title: String
        var version: String
        var defaultLanguage: String?
        var allowsChoiceDuplicates: Bool
    }

    static func read(_ sheet: Sheet?, fileName: String, log: inout IssueLog) -> Settings {
        let fallback = identifier(stem(of: fileName))
        let table = sheet.map { Table<SettingsColumn>($0, log: &log) }
        let row = table?.rows.first
        if let table {
            warnOfUnused(table, log: &log)
        }
        var formID = fallback
        if let table, let row, let written = row[.formID] {
            formID = identifier(written)
            if formID != written {
                log.warn(
                    XLSFormIssue(
                        sheet: table.sheet, row: row.number, column: SettingsColumn.formID.rawValue,
                        message: "The form's id \(quoted(written)) is read as \(quoted(formID))",
                        remedy: "Use only the letters A to Z, digits and underscores, at most \(maximumLength)."))
            }
        }
        return Settings(
            formID: formID, title: row?[.formTitle] ?? formID, version: row?[.version] ?? "",
            defaultLanguage: row?[.defaultLanguage],
            allowsChoiceDuplicates: row?[.allowChoiceDuplicates].flatMap(YesNo.parse) ?? false)
    }

    private static func warnOfUnused(_ table: Table<SettingsColumn>, log: inout IssueLog) {
        for header in table.unknownHeaders {
            log.warn(
                XLSFormIssue(
                    sheet: table.sheet, row: table.headerRow, column: header,
                    message: "The setting is not used by this version", remedy: "Nothing needs to be done."))
        }
        if table.rows.count > 1 {
            log.warn(
                XLSFormIssue(
                    sheet: table.sheet, row: table.rows[1].number, message: "Only the first row of settings is read",
                    remedy: "Clear the rows below it."))
        }
    }

    // MARK: Identifiers

    private static let maximumLength = 64

    /// ASCII letters, digits and underscores, as `Form.id` asks: everything else between them becomes one underscore.
    static func identifier(_ text: String) -> String {
        let parts = text.unicodeScalars.split {
            !($0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_")
        }
        let joined = parts.map { String($0) }.joined(separator: "_").prefix(maximumLength)
        return joined.isEmpty ? "form" : String(joined)
    }

    /// A file's name without its folders and its extension.
    private static func stem(of fileName: String) -> String {
        let name = fileName.split { $0 == "/" || $0 == "\\" }.last ?? ""
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return String(name) }
        return String(name[..<dot])
    }
}
