import CanvassCoding

/// Reads rows of a table, such as a CSV file, as responses to one form.
///
///     let table = try ResponseImport(interview: interview, header: header, environment: environment)
///     for fields in rows {
///         switch table.row(fields) { … }
///     }
public struct ResponseImport: Sendable {
    public let header: [String]
    /// Columns that belong to no question, in order: they are ignored.
    public let unknownColumns: [String]
    /// Questions that a person answers and no column holds.
    public let missingQuestions: [String]
    private let interview: Interview
    private let environment: InterviewEnvironment
    /// The item that each column answers; nil for a column that is ignored.
    private let itemOfColumn: [Int?]

    /// Finds the question of each column: by its exact name, by its path through the groups ("trip/Q2PURP1" and
    /// "trip-Q2PURP1", as ODK exports write it), and last by its name in another case where only one column fits.
    ///
    /// - Parameter environment: the clock and language that constraints and findings use.
    /// - Throws: `FormError` if two columns answer one question.
    public init(interview: Interview, header: [String], environment: InterviewEnvironment) throws(FormError) {
        let items = interview.form.items
        var columns = ColumnMatcher(interview.form)
        let itemOfColumn = try columns.match(header)
        let answered = Set(itemOfColumn.compactMap { $0 })
        self.header = header
        self.interview = interview
        self.environment = environment
        self.itemOfColumn = itemOfColumn
        unknownColumns = header.indices.filter { itemOfColumn[$0] == nil }.map { header[$0] }
        missingQuestions = items.indices.filter { items[$0].type.isAsked && !answered.contains($0) }.map {
            items[$0].name
        }
    }

    /// A response, or what keeps the row from being one. A code that the list lacks, a broken constraint or an answer
    /// against skip logic is a finding: the answer stays.
    ///
    /// A cell that means 'no answer' is left out of the answers. Where it is one of the question's own choices, such as
    /// "don't know", someone ticked it: on a question that was not to be asked it counts against skip logic.
    public func row(_ fields: [String]) -> Result<ImportedRow, RowRejection> {
        guard fields.count == header.count else {
            return .failure(
                RowRejection(cells: [
                    RowRejection.Cell(
                        column: "", reason: "the row has \(fields.count) fields, the header \(header.count)",
                        remedy: "Check quotation marks and separators")
                ]))
        }
        var values = [Value?](repeating: nil, count: interview.nodes.count)
        var ticked: [Int] = []
        var rejected: [RowRejection.Cell] = []
        for (column, index) in itemOfColumn.enumerated() {
            guard let index else { continue }
            let item = interview.form.items[index]
            switch item.read(text: fields[column]) {
            case .success(let value?): values[index] = value
            case .success(nil):
                if let list = interview.nodes[index].list, !fields[column].isEmpty,
                    list[fields[column].trimmedOfSpace] != nil
                {
                    ticked.append(index)
                }
            case .failure(let problem):
                rejected.append(
                    RowRejection.Cell(column: header[column], reason: problem.reason, remedy: problem.remedy))
            }
        }
        guard rejected.isEmpty else { return .failure(RowRejection(cells: rejected)) }
        let findings = interview.findings(
            in: values, ticked: ticked, recalculating: false, environment: environment)
        return .success(ImportedRow(answers: interview.answers(in: values), findings: findings))
    }
}

/// Finds the questions that the columns of a table answer.
private struct ColumnMatcher {
    private let form: Form
    private var itemOfName: [String: Int] = [:]
    private var itemOfPath: [String: Int] = [:]
    /// nil where two questions differ only by case.
    private var itemOfFolded: [String: Int?] = [:]

    init(_ form: Form) {
        self.form = form
        var paths: [String: [String]] = [:]
        for (index, item) in form.items.enumerated() {
            let path = (item.parent.flatMap { paths[$0] } ?? []) + [item.name]
            if item.type.isGroup { paths[item.name] = path }
            guard item.type.takesAnswer else { continue }
            itemOfName[item.name] = index
            for separator in ["/", "-"] { itemOfPath[path.joined(separator: separator)] = index }
            itemOfFolded.updateValue(
                itemOfFolded[item.name.lowercased()] == nil ? index : nil, forKey: item.name.lowercased())
        }
    }

    mutating func match(_ header: [String]) throws(FormError) -> [Int?] {
        var columnOfItem: [Int: Int] = [:]
        var itemOfColumn = header.map { itemOfName[$0.trimmedOfSpace] ?? itemOfPath[$0.trimmedOfSpace] }
        for (column, item) in itemOfColumn.enumerated() {
            guard let item else { continue }
            if let other = columnOfItem.updateValue(column, forKey: item) {
                throw FormError(
                    place: "columns \(other + 1) and \(column + 1)",
                    reason: "both answer the question \(form.items[item].name)", remedy: "Remove or rename one of them")
            }
        }
        var folded: [String: [Int]] = [:]
        for (column, name) in header.enumerated() where itemOfColumn[column] == nil {
            folded[name.trimmedOfSpace.lowercased(), default: []].append(column)
        }
        for (name, columns) in folded where columns.count == 1 {
            if case .some(.some(let item)) = itemOfFolded[name], columnOfItem[item] == nil {
                itemOfColumn[columns[0]] = item
            }
        }
        return itemOfColumn
    }
}
