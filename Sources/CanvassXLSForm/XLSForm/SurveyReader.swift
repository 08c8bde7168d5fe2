import CanvassCoding
import CanvassSurvey

/// Reads the survey sheet row by row into the flat list of items that `Form` holds.
///
/// Invariant: `open` holds the groups whose end has not been read, outermost first; its last is the parent of the next
/// item.
struct SurveyReader {
    private struct OpenGroup {
        let name: String
        let type: Form.ItemType
        let row: Int
    }

    private let table: Table<SurveyColumn>
    private let lists: Set<String>
    private var items: [Form.Item] = []
    private var open: [OpenGroup] = []
    /// Names in lower case, by the group that holds them: XLSForm tools compare siblings so, and SQL columns are.
    private var siblings: Set<[String]> = []
    private var groups: Set<String> = []
    private var rowsByName: [String: Int] = [:]

    /// - Parameter lists: the names of the lists that the choices sheet defines.
    static func items(_ table: Table<SurveyColumn>, lists: Set<String>, log: inout IssueLog) -> [Form.Item] {
        var reader = SurveyReader(table: table, lists: lists)
        reader.read(log: &log)
        return reader.items
    }

    private init(table: Table<SurveyColumn>, lists: Set<String>) {
        self.table = table
        self.lists = lists
    }

    private mutating func read(log: inout IssueLog) {
        guard table.has(.type), table.has(.name) else {
            let headers = table.headers.map { quoted($0.text) }.joined(separator: ", ")
            log.fail(
                XLSFormIssue(
                    sheet: table.sheet, row: table.headerRow,
                    message: "The columns \"type\" and \"name\" are not both there; the first row holds \(headers)",
                    remedy: "Write them in the first row, above the questions."))
            return
        }
        for header in table.unknownHeaders {
            log.warn(
                XLSFormIssue(
                    sheet: table.sheet, row: table.headerRow, column: header,
                    message: "The column is kept but not used by this version", remedy: "Nothing needs to be done."))
        }
        for row in table.rows where row[.disabled].flatMap(YesNo.parse) != true { read(row, log: &log) }
        for group in open {
            log.fail(
                XLSFormIssue(
                    sheet: table.sheet, row: group.row,
                    message: "The \(Self.noun(group.type)) \(quoted(group.name)) has no end",
                    remedy: "Add a row \"end_\(Self.noun(group.type))\" below its last question."))
        }
        if items.isEmpty, log.errors.isEmpty {
            log.fail(
                XLSFormIssue(
                    sheet: table.sheet, message: "The sheet holds no questions",
                    remedy: "Write a row with a type and a name for each."))
        }
    }

    private mutating func read(_ row: Table<SurveyColumn>.Row, log: inout IssueLog) {
        guard let text = row[.type] else {
            if row[.name] != nil {
                log.fail(issue(row, .type, "The row has a name but no type", "Write its type, for example \"text\"."))
            } else {
                log.warn(
                    issue(row, .type, "The row has no type and is not read", "Write its type and name, or clear it."))
            }
            return
        }
        switch RowType(text) {
        case .end(let type):
            close(type, row, log: &log)
        case .begin(let type):
            begin(type, row, log: &log)
        case .question(let type):
            append(type, row, log: &log)
        case .partial(let type, let message, let remedy):
            log.warn(issue(row, .type, message, remedy))
            append(type, row, log: &log)
        case .malformed(let message, let remedy):
            log.fail(issue(row, .type, message, remedy))
        }
    }

    // MARK: Groups

    private mutating func begin(_ type: Form.ItemType, _ row: Table<SurveyColumn>.Row, log: inout IssueLog) {
        if type == .repeatGroup {
            log.warn(
                issue(
                    row, .type, "Repeats are not supported yet: the questions in it are asked once",
                    "Ask for the further ones in a form of their own."))
        }
        // A group that cannot be named is opened all the same, so that its end is not reported as well.
        let name = append(type, row, log: &log)
        if let name, !groups.insert(name.lowercased()).inserted {
            log.fail(issue(row, .name, "There is another group \(quoted(name))", "Give each group a name of its own."))
        }
        open.append(OpenGroup(name: name ?? row[.name] ?? "", type: type, row: row.number))
    }

    private mutating func close(_ type: Form.ItemType, _ row: Table<SurveyColumn>.Row, log: inout IssueLog) {
        guard let group = open.last else {
            log.fail(
                issue(
                    row, .type, "This ends a \(Self.noun(type)), but none is open",
                    "Remove the row, or add the \"begin_\(Self.noun(type))\" that it ends."))
            return
        }
        guard group.type == type else {
            log.fail(
                issue(
                    row, .type,
                    "This ends a \(Self.noun(type)), but the \(Self.noun(group.type)) \(quoted(group.name)) of row "
                        + "\(group.row) is open", "Write \"end_\(Self.noun(group.type))\"."))
            open.removeLast()
            return
        }
        open.removeLast()
    }

    private static func noun(_ type: Form.ItemType) -> String { type == .repeatGroup ? "repeat" : "group" }

    // MARK: Items

    /// Adds the item of a row; returns its name, nil where it has none that can be used.
    @discardableResult
    private mutating func append(_ type: Form.ItemType, _ row: Table<SurveyColumn>.Row, log: inout IssueLog) -> String?
    {
        guard let name = checkedName(row, log: &log) else { return nil }
        var item = Form.Item(name: name, type: type, parent: open.last?.name, label: row.localized(.label))
        item.hint = row.localized(.hint)
        item.required = row[.required].flatMap { YesNo.parse($0).map { $0 ? "yes" : nil } ?? Self.straightened($0) }
        item.requiredMessage = row.localized(.requiredMessage)
        item.relevant = row[.relevant].map(Self.straightened)
        item.constraint = row[.constraint].map(Self.straightened)
        item.constraintMessage = row.localized(.constraintMessage)
        item.calculation = row[.calculation].map(Self.straightened)
        item.defaultValue = row[.defaultValue]
        item.choiceFilter = row[.choiceFilter].map(Self.straightened)
        item.appearance = row[.appearance]
        item.readOnly = readOnly(row, log: &log)
        item.metric = metric(row, log: &log)
        item.missingCodes = row[.missing].map { $0.split { $0 == "," || $0.isWhitespace }.map { String($0) } } ?? []
        item.other = row.others
        applyParameters(of: row, to: &item, log: &log)
        checkType(type, row, log: &log)
        items.append(item)
        return name
    }

    private mutating func checkedName(_ row: Table<SurveyColumn>.Row, log: inout IssueLog) -> String? {
        guard let name = row[.name] else {
            log.fail(
                issue(
                    row, .name, "The row of type \(quoted(row[.type] ?? "")) has no name",
                    "Write a name; notes and groups need one too."))
            return nil
        }
        guard XMLName.isValid(name) else {
            log.fail(
                issue(
                    row, .name, "The name \(quoted(name)) cannot be used",
                    "Begin with a letter or an underscore, and go on with letters, digits, hyphens, underscores and "
                        + "periods; no blanks."))
            return nil
        }
        let key = name.lowercased()
        guard siblings.insert([open.last?.name ?? "", key]).inserted else {
            log.fail(
                issue(
                    row, .name,
                    "The name \(quoted(name)) is there twice in the same group (row \(rowsByName[key] ?? 0))",
                    "Give each question a name of its own; upper and lower case do not tell names apart."))
            return nil
        }
        if let other = rowsByName.updateValue(row.number, forKey: key) {
            log.warn(
                issue(
                    row, .name, "The name \(quoted(name)) is also used in row \(other), in another group",
                    "Give each question a name of its own, so that ${\(name)} means one of them."))
        }
        return name
    }

    private func checkType(_ type: Form.ItemType, _ row: Table<SurveyColumn>.Row, log: inout IssueLog) {
        switch type {
        case .selectOne(let list), .selectMultiple(let list), .rank(let list):
            guard !lists.contains(list) else { return }
            log.fail(
                issue(
                    row, .type, "The list \(quoted(list)) is not in the choices sheet",
                    "Add its choices there, or correct the name; upper and lower case differ."))
        case .unknown(let raw):
            log.warn(
                issue(
                    row, .type, "The type \(quoted(raw)) is unknown, and its answers are taken as text",
                    "Use a type of the XLSForm reference, or leave it where text will do."))
        default: return
        }
    }

    // MARK: Columns

    private func applyParameters(of row: Table<SurveyColumn>.Row, to item: inout Form.Item, log: inout IssueLog) {
        guard let text = row[.parameters] else { return }
        guard case .range = item.type else {
            item.other.append(Value.Member(SurveyColumn.parameters.rawValue, .text(text)))
            log.warn(
                issue(
                    row, .parameters, "The parameters \(quoted(text)) are kept but not used by this version",
                    "Nothing needs to be done."))
            return
        }
        switch RangeParameters.parse(text) {
        case .range(let type): item.type = type
        case .invalid(let reason):
            log.fail(issue(row, .parameters, reason, "Write them as in \"start=0 end=10 step=1\"."))
        }
    }

    private func readOnly(_ row: Table<SurveyColumn>.Row, log: inout IssueLog) -> Bool {
        guard let text = row[.readOnly] else { return false }
        if let value = YesNo.parse(text) { return value }
        log.warn(
            issue(
                row, .readOnly, "\(quoted(text)) is read as no: expressions are not supported here", "Write yes or no.")
        )
        return false
    }

    private func metric(_ row: Table<SurveyColumn>.Row, log: inout IssueLog) -> String? {
        guard let metric = row[.metric]?.lowercased() else { return nil }
        let known = ["nps", "csat", "ces", "repurchase", "weight"]
        guard known.contains(metric) else {
            log.fail(
                issue(
                    row, .metric, "The metric \(quoted(metric)) is unknown",
                    "Use one of \(known.joined(separator: ", ")), or clear the cell."))
            return nil
        }
        return metric
    }

    /// Straight quotes for the curly ones that spreadsheets put into expressions while they are typed.
    private static func straightened(_ expression: String) -> String {
        String(
            String.UnicodeScalarView(
                expression.unicodeScalars.map { scalar in
                    switch scalar {
                    case "\u{2018}", "\u{2019}": "'"
                    case "\u{201C}", "\u{201D}": "\""
                    default: scalar
                    }
                }))
    }

    /// An issue of a row, its column named as the sheet writes it.
    private func issue(
        _ row: Table<SurveyColumn>.Row, _ column: SurveyColumn, _ message: String, _ remedy: String
    ) -> XLSFormIssue {
        XLSFormIssue(
            sheet: table.sheet, row: row.number,
            column: table.headers.first { $0.column == column }?.text ?? column.rawValue, message: message,
            remedy: remedy)
    }
}
