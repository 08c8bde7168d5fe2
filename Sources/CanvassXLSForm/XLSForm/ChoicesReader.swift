import CanvassSurvey

/// Reads the choices sheet: a row for each choice, under the name of its list.
enum ChoicesReader {
    struct Choices {
        /// In the order in which the sheet first names them.
        var lists: [Form.ChoiceList] = []
        var languages: [String] = []
    }

    static func read(_ sheet: Sheet?, allowsDuplicates: Bool, log: inout IssueLog) -> Choices {
        guard let sheet, !sheet.rows.isEmpty else { return Choices() }
        let table = Table<ChoicesColumn>(sheet, log: &log)
        guard table.has(.listName), table.has(.name) else {
            log.fail(
                XLSFormIssue(
                    sheet: table.sheet, row: table.headerRow,
                    message: "The columns \"list_name\" and \"name\" are not both there",
                    remedy: "Write them in the first row, above the choices."))
            return Choices()
        }
        var choices = Choices(languages: table.languages)
        var positions: [String: Int] = [:]
        var seen: Set<[String]> = []
        for row in table.rows {
            guard let (list, choice) = choice(row, of: table, log: &log) else { continue }
            if !seen.insert([list, choice.name]).inserted, !allowsDuplicates {
                log.warn(
                    XLSFormIssue(
                        sheet: table.sheet, row: row.number, column: ChoicesColumn.name.rawValue,
                        message: "The list \(quoted(list)) has the choice \(quoted(choice.name)) twice",
                        remedy: "Give each its own name, or set allow_choice_duplicates to yes in the settings."))
            }
            if let position = positions[list] {
                choices.lists[position].choices.append(choice)
            } else {
                positions[list] = choices.lists.count
                choices.lists.append(Form.ChoiceList(name: list, choices: [choice]))
            }
        }
        warnOfMedia(table, log: &log)
        return choices
    }

    private static func choice(
        _ row: Table<ChoicesColumn>.Row, of table: Table<ChoicesColumn>, log: inout IssueLog
    ) -> (list: String, choice: Form.Choice)? {
        let place = { (column: ChoicesColumn, message: String, remedy: String) in
            XLSFormIssue(sheet: table.sheet, row: row.number, column: column.rawValue, message: message, remedy: remedy)
        }
        guard let list = row[.listName] else {
            log.fail(place(.listName, "The choice belongs to no list", "Write its list's name, or clear the row."))
            return nil
        }
        guard let name = row[.name] else {
            log.fail(place(.name, "The choice has no name", "Write the code that an answer stores, or clear the row."))
            return nil
        }
        if name.words.count > 1 {
            let message = "The choice's name \(quoted(name)) holds a blank, by which select_multiple parts its answers"
            log.warn(
                place(.name, message, "Write it without blanks, as in \(quoted(name.words.joined(separator: "_")))."))
        }
        return (list, Form.Choice(name: name, label: row.localized(.label), attributes: row.others))
    }

    /// Other columns serve `choice_filter`; these do not, and are not shown.
    private static func warnOfMedia(_ table: Table<ChoicesColumn>, log: inout IssueLog) {
        for header in table.unknownHeaders {
            let key = header.lowercased().split(separator: ":").map(\.trimmed)
            guard key.contains(where: ["media", "image", "audio", "video", "big-image"].contains) else { continue }
            log.warn(
                XLSFormIssue(
                    sheet: table.sheet, row: table.headerRow, column: header,
                    message: "The column is kept but not shown by this version",
                    remedy: "Make sure that the labels alone tell the choices apart."))
        }
    }
}
