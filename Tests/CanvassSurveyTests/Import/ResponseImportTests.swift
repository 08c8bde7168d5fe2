import CanvassCoding
import CanvassSurvey
import Testing

@Suite struct ResponseImportTests {
    static var form: Form {
        FormCheckTests.form([
            FormCheckTests.item("trip", .group), FormCheckTests.item("bags", .selectOne(list: "yesno"), parent: "trip"),
            FormCheckTests.item("count", parent: "trip") {
                $0.relevant = "${bags} = '1'"
                $0.missingCodes = ["99"]
            },
            FormCheckTests.item("checked", .selectOne(list: "yesno"), parent: "trip") {
                $0.relevant = "${bags} = '1'"
                $0.missingCodes = ["2"]
            },
            FormCheckTests.item("Name", .text), FormCheckTests.item("day", .date),
        ])
    }

    static func table(_ header: [String]) throws -> ResponseImport {
        try ResponseImport(
            interview: Interview(form: form), header: header, environment: InterviewTests.environment)
    }

    @Test func `columns are matched by name, path and case`() throws {
        let table = try Self.table(["KEY", "trip/bags", "trip-count", "NAME", "other"])
        #expect(table.unknownColumns == ["KEY", "other"])
        #expect(table.missingQuestions == ["checked", "day"])
        let row = try table.row(["k", "1", "3", "Ana", "x"]).get()
        #expect(row.answers.value == ["bags": "1", "count": 3, "Name": "Ana"])
        #expect(row.findings == [])
        #expect(try Self.table(["name", "NAME"]).unknownColumns == ["name", "NAME"])
        #expect(try Self.table(["Name", "NAME"]).unknownColumns == ["NAME"])
    }

    @Test func `two columns for one question are refused`() {
        let error = #expect(throws: FormError.self) { try Self.table(["bags", "day", "trip/bags"]) }
        #expect(error?.place == "columns 1 and 3")
    }

    @Test func `cells that cannot be read reject the row and are all named`() throws {
        let table = try Self.table(["bags", "count", "day"])
        guard case .failure(let rejection) = table.row(["1", "abc", "2017-02-30"]) else {
            Issue.record("the row was taken")
            return
        }
        #expect(rejection.cells.map(\.column) == ["count", "day"])
        guard case .failure(let ragged) = table.row(["1", "2"]) else {
            Issue.record("the row was taken")
            return
        }
        #expect(ragged.description.contains("2 fields"))
    }

    @Test func `what the form does not allow is flagged and kept`() throws {
        let table = try Self.table(["bags", "count", "checked", "Name", "day"])
        func kinds(_ fields: [String]) throws -> [String] {
            try table.row(fields).get().findings.map { "\($0.question) \($0.kind.rawValue)" }
        }
        #expect(try kinds(["7", "", "", "", ""]) == ["bags notAChoice"])
        #expect(try kinds(["2", "4", "", "", ""]) == ["count irrelevantAnswered"])
        #expect(try table.row(["2", "4", "", "", ""]).get().answers["count"] == 4)
        #expect(try kinds(["2", "99", "", "", ""]) == [])
        #expect(try kinds(["2", "", "2", "", ""]) == ["checked irrelevantAnswered"])
        #expect(try kinds(["1", "99", "2", "", ""]) == [])
        #expect(try table.row(["1", "99", "2", "", ""]).get().answers.value == ["bags": "1"])
    }
}

@Suite struct RowIdentitiesTests {
    @Test func `the same file gives the same identities and equal rows stay apart`() throws {
        let rows = [["a", "b"], ["a", "b"], ["ab", ""], ["", "ab"], ["a", "b"]]
        func run() throws -> [[UInt8]] {
            var identities = try RowIdentities(header: ["x", "y"])
            return try rows.enumerated().map { try identities.identity(of: $0.element, rowNumber: $0.offset + 2).get() }
        }
        #expect(try run() == run())
        #expect(Set(try run()).count == rows.count)
    }

    @Test func `a key names the row; empty, repeated and unknown keys are refused`() throws {
        var identities = try RowIdentities(header: ["id", "x"], keyColumn: "id")
        let first = try identities.identity(of: ["7", "a"], rowNumber: 2).get()
        var again = try RowIdentities(header: ["x", "id"], keyColumn: "id")
        #expect(try again.identity(of: ["other", " 7"], rowNumber: 9).get() == first)
        for (fields, part) in [(["", "b"], "row 3 has an empty key"), (["7", "b"], "of row 2"), ([], "no field")] {
            guard case .failure(let rejection) = identities.identity(of: fields, rowNumber: 3) else {
                Issue.record("\(fields) was taken")
                continue
            }
            #expect(rejection.description.contains(part))
        }
        #expect(throws: FormError.self) { try RowIdentities(header: ["a"], keyColumn: "b") }
        #expect(throws: FormError.self) { try RowIdentities(header: ["a", "a"], keyColumn: "a") }
    }
}
