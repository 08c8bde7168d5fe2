import CanvassCRDT
import CanvassCoding
public import CanvassInsight
import CanvassSQLite
import CanvassStore
import CanvassSurvey

/// What to divide a report by.
public enum ReportBreakdowns: Sendable, Hashable {
    /// By collector and by language.
    case standard
    /// By collector, by language, and by every question whose answers are choices.
    case all
    /// By these questions; "collector" and "language" name the dimensions where no question has that name.
    case named([String])
}

/// A report and what it is about.
public struct SurveyReport: Sendable, Hashable {
    public var survey: Survey
    public var report: Report
    /// Distinct answers of each question that is no choice, a number or a date: how many runs, places, gates there are.
    public var distinctAnswers: [DistinctAnswers]

    public struct DistinctAnswers: Sendable, Hashable {
        public var question: String
        public var answered: Int
        public var distinct: Int
    }
}

extension Replica {
    /// Computes the figures of a survey from the responses that this replica holds.
    ///
    /// - Parameters:
    ///   - weight: the question that says how many people a response stands for.
    ///   - language: the language of labels.
    public func report(
        on survey: Survey, by breakdowns: ReportBreakdowns = .standard, weight: String? = nil,
        language: String? = nil
    ) throws(CanvassError) -> SurveyReport {
        let readable = try readableForm(of: survey)
        // Where no version can be read, reading the latest says why.
        let form = if let readable { readable } else { try self.form(of: survey) }
        let layout = try ReportLayout(form, breakdowns, weight: weight, language: language)
        do {
            return try store.database.read { connection in
                try connection.report(on: survey, layout)
            }
        } catch let error as InsightError {
            throw CanvassError(.invalidInput, "\(error.name): \(error.reason)", remedy: "\(error.remedy).")
        } catch {
            throw CanvassError(error, place: path)
        }
    }
}

/// Which columns of a response a report reads, and as what.
private struct ReportLayout: Sendable {
    /// One column of the query.
    struct Column: Sendable {
        let sql: String
        let missing: Set<String>
    }

    var plan: ReportPlan
    var metricColumns: [Column] = []
    var keyColumns: [Column] = []
    var weightColumn: Column?
    /// Questions of free text, of which distinct answers are counted.
    var textColumns: [(question: String, column: Column)] = []

    init(
        _ form: Form, _ breakdowns: ReportBreakdowns, weight: String?, language: String?
    ) throws(CanvassError) {
        plan = ReportPlan(metrics: [])
        for item in form.items {
            guard let kind = item.metric.flatMap(MetricColumn.Kind.init) else { continue }
            let codes = item.type.list.flatMap { form.choiceList(named: $0) }?.choices.map(\.name) ?? []
            plan.metrics.append(
                MetricColumn(
                    question: item.name, label: form.label(of: item, in: language), kind: kind,
                    scale: kind == .nps ? nil : MetricColumn.scale(ofCodes: codes, missing: item.missingCodes)))
            metricColumns.append(Column(item))
        }
        if let weight {
            guard let item = form.item(named: weight) else { throw ReportLayout.unknown(weight, form) }
            guard item.type.isNumber else {
                throw CanvassError(
                    .invalidInput, "The question \"\(weight)\" is no number, so it cannot weigh responses",
                    remedy: "Name a question of type integer, decimal or calculate.")
            }
            plan.weightColumn = weight
            weightColumn = Column(item)
        }
        switch breakdowns {
        case .standard: addStandardDimensions(form)
        case .all:
            addStandardDimensions(form)
            for item in form.items where item.type.isSingleChoice { add(item, form, language) }
        case .named(let names):
            for name in names {
                if let item = form.item(named: name), item.type.takesAnswer {
                    add(item, form, language)
                } else if !addDimension(name) {
                    throw ReportLayout.unknown(name, form)
                }
            }
        }
        for item in form.items where item.type == .text { textColumns.append((item.name, Column(item))) }
    }

    private mutating func addStandardDimensions(_ form: Form) {
        for name in ["collector", "language"] where form.item(named: name) == nil { _ = addDimension(name) }
    }

    private mutating func addDimension(_ name: String) -> Bool {
        let sql: String
        switch name {
        case "collector": sql = "member.name"
        case "language": sql = "json_extract(fields, '$.\"@language\"')"
        default: return false
        }
        plan.breakdowns.append(Breakdown(name: name, label: name))
        keyColumns.append(Column(sql: sql, missing: []))
        return true
    }

    private mutating func add(_ item: Form.Item, _ form: Form, _ language: String?) {
        let choices = item.type.list.flatMap { form.choiceList(named: $0) }?.choices ?? []
        plan.breakdowns.append(
            Breakdown(
                name: item.name, label: form.label(of: item, in: language),
                choices: choices.map { .init(key: $0.name, label: form.label(of: $0, in: language)) }))
        keyColumns.append(Column(item))
    }

    private static func unknown(_ name: String, _ form: Form) -> CanvassError {
        CanvassError(
            .notFound, "The survey \"\(form.id)\" has no question \"\(name)\"",
            remedy: "'canvass survey show \(form.id)' lists them; \"collector\" and \"language\" work, too.")
    }

    var sql: String {
        let columns = (metricColumns + keyColumns + (weightColumn.map { [$0] } ?? []) + textColumns.map(\.column))
            .map(\.sql)
        return """
            SELECT json_extract(fields, '$."@findings"') IS NOT NULL\(columns.map { ", " + $0 }.joined())
            FROM entity JOIN scope ON scope.id = entity.scope LEFT JOIN member ON member.id = scope.owner
            WHERE entity.kind = (SELECT id FROM term WHERE text = 'response') AND entity.is_alive
                AND json_extract(fields, '$."@survey"') = ?1
            ORDER BY entity.entity
            """
    }
}

extension ReportLayout.Column {
    init(_ item: Form.Item) {
        self.init(sql: answerColumn(item.name) ?? "NULL", missing: Set(item.missingCodes))
    }

    /// The answer as text; nil for none, and for a code that means none.
    func text(_ row: borrowing Statement, at index: Int) -> String? {
        guard !row.isNull(at: index) else { return nil }
        let text = row.text(at: index)
        return missing.contains(text) ? nil : text
    }

    func number(_ row: borrowing Statement, at index: Int) -> Double? {
        switch row.type(at: index) {
        case .null: nil
        case .integer where missing.isEmpty, .real where missing.isEmpty: row.double(at: index)
        default: text(row, at: index).flatMap { Double($0) }
        }
    }
}

extension Connection {
    fileprivate mutating func report(on survey: Survey, _ layout: ReportLayout) throws -> SurveyReport {
        var builder = try ReportBuilder(layout.plan)
        var row = ReportBuilder.Row(
            metrics: Array(repeating: nil, count: layout.metricColumns.count),
            keys: Array(repeating: nil, count: layout.keyColumns.count))
        var flagged = 0
        var distinct = layout.textColumns.map { _ in Set<String>() }
        var answered = layout.textColumns.map { _ in 0 }
        var statement = try cached(dynamic: layout.sql)
        try statement.bind(survey.id.description, at: 1)
        defer { statement.reset() }
        while try statement.step() {
            if statement.int64(at: 0) != 0 { flagged += 1 }
            var column = 1
            for index in layout.metricColumns.indices {
                row.metrics[index] = layout.metricColumns[index].number(statement, at: column)
                column += 1
            }
            for index in layout.keyColumns.indices {
                row.keys[index] = layout.keyColumns[index].text(statement, at: column)
                column += 1
            }
            if let weight = layout.weightColumn {
                row.weight = weight.number(statement, at: column)
                column += 1
            }
            for index in layout.textColumns.indices {
                if let text = layout.textColumns[index].column.text(statement, at: column) {
                    distinct[index].insert(text)
                    answered[index] += 1
                }
                column += 1
            }
            try builder.add(row)
        }
        return SurveyReport(
            survey: survey, report: builder.report(flagged: flagged),
            distinctAnswers: layout.textColumns.indices.map {
                .init(
                    question: layout.textColumns[$0].question, answered: answered[$0], distinct: distinct[$0].count)
            })
    }
}

extension Form.ItemType {
    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .decimal, .range, .calculate: true
        default: false
        }
    }

    fileprivate var isSingleChoice: Bool {
        if case .selectOne = self { true } else { false }
    }
}
