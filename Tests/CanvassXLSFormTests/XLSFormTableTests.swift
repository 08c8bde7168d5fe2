import CanvassSurvey
import Testing

@testable import CanvassXLSForm

/// Rules of the sheets, on sheets made in place.
@Suite struct XLSFormTableTests {
    private func sheet(_ name: String, _ rows: [[CellValue?]]) -> Sheet {
        Sheet(
            name: name,
            rows: rows.enumerated().compactMap { index, values in
                let cells = values.enumerated().compactMap { column, value in
                    value.map { Sheet.Cell(column: column + 1, value: $0) }
                }
                return cells.isEmpty ? nil : Sheet.Row(number: index + 1, cells: cells)
            })
    }

    private func items(_ rows: [[CellValue?]], lists: Set<String> = []) -> (items: [Form.Item], log: IssueLog) {
        var log = IssueLog()
        let table = Table<SurveyColumn>(sheet("survey", rows), log: &log)
        return (SurveyReader.items(table, lists: lists, log: &log), log)
    }

    @Test func `error cells and formulas never calculated are read as empty and said`() {
        let header: [CellValue?] = [.text("type"), .text("name"), .text("hint")]
        let (items, log) = items([
            header, [.text("text"), .text("a"), .error("#REF!")], [.text("text"), .text("b"), .uncalculated],
        ])
        #expect(items.map(\.hint.isEmpty) == [true, true])
        #expect(log.warnings.map(\.row) == [2, 3])
        #expect(log.warnings.map(\.column) == ["hint", "hint"])
        #expect(log.errors.isEmpty)
    }

    @Test func `a column without a header is named once`() {
        let rows: [[CellValue?]] = [
            [.text("type"), .text("name")], [.text("text"), .text("a"), .text("x")],
            [.text("text"), .text("b"), .text("y")],
        ]
        let (items, log) = items(rows)
        #expect(items.count == 2)
        #expect(log.warnings.map(\.row) == [2])
        #expect(log.warnings.first?.message.hasPrefix("Column C") == true)
    }

    @Test func `headers may begin below the first row, and blank rows between`() {
        let (items, log) = items([
            [], [.text("type"), .text("name")], [], [.text(" \u{A0}")], [.text("text"), .text("a")],
        ])
        #expect(items.map(\.name) == ["a"])
        #expect(log.errors.isEmpty && log.warnings.isEmpty)
    }

    @Test(
        arguments: [[], [[.text("question"), .text("name")]], [[.text("type"), .text("name")]]] as [[[CellValue?]]])
    func `a survey sheet without questions is refused`(rows: [[CellValue?]]) {
        let (_, log) = items(rows)
        #expect(log.errors.count == 1)
    }

    @Test func `the same name in two groups is said, since an expression could mean either`() {
        let row = { (type: String, name: String?) in [CellValue.text(type), name.map { .text($0) }] as [CellValue?] }
        let (items, log) = items([
            row("type", "name"), row("begin_group", "g"), row("text", "a"), row("end_group", nil), row("text", "a"),
        ])
        #expect(items.map(\.name) == ["g", "a", "a"])
        #expect(log.errors.isEmpty)
        #expect(log.warnings.map(\.row) == [5])
    }

    @Test func `many mistakes are cut off at the limit`() {
        let (_, log) = items([[.text("type"), .text("name")]] + Array(repeating: [.text("text")], count: 500))
        #expect(log.errors.count == XLSFormError.limit)
    }

    @Test(arguments: [(false, 1), (true, 0)])
    func `a choice that is there twice is said unless the settings allow it`(allows: Bool, count: Int) {
        var log = IssueLog()
        let rows: [[CellValue?]] = [
            [.text("list_name"), .text("name")], [.text("l"), .number(1)], [.text("m"), .number(1)],
            [.text("l"), .text("1")],
        ]
        let choices = ChoicesReader.read(sheet("choices", rows), allowsDuplicates: allows, log: &log)
        #expect(choices.lists.map(\.choices.count) == [2, 1])
        #expect(log.warnings.count == count)
        #expect(log.errors.isEmpty)
    }
}
