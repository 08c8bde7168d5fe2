import CanvassCoding
import Foundation
import TestSupport
import Testing

/// What is made of responses: conflicts, reports and queries.
struct CommandLineResultTests {
    @Test func `a conflict is listed with both authors, and settled with one of the values`() async throws {
        let line = try await CommandLine(demonstrating: "analyst")
        let conflicts = try #require(try await line.json("conflicts").listValue)
        #expect(conflicts.count == 1)
        let id = try #require(conflicts[0]["id"]?.textValue)
        let values = try #require(conflicts[0]["values"]?.listValue)
        #expect(Set(values.compactMap { $0["author"]?.textValue }) == ["Collector A", "Supervisor"])
        #expect(Set(values.compactMap { $0["value"]?.integerValue }) == [6, 8])
        let text = try await line.text("conflicts", "list")
        #expect(text.contains("How likely are you to recommend us") && text.contains("by Supervisor, 20"))

        #expect(try await line.failure("conflicts", "settle", id, "--take", "3")["code"] == "conflict.no-such-value")
        #expect(try await line.failure("conflicts", "settle", id, status: 2)["code"] == "usage.one-decision")
        let refused = try await line.json("conflicts", "settle", id, "--value", "99", status: 3)
        #expect(refused["isSettled"] == false)
        #expect(try await line.json("conflicts", "show", id)["values"]?.listValue?.count == 2)

        #expect(try await line.json("conflicts", "settle", id, "--take", "2")["value"] == values[1]["value"])
        #expect(try await line.json("conflicts", "list").listValue == [])
        let response = try #require(conflicts[0]["entity"]?.textValue)
        #expect(try await line.json("response", "show", response)["answers"]?["recommend"] == values[1]["value"])
    }

    @Test func `a conflict can be settled with a value that nobody gave`() async throws {
        let line = try await CommandLine(demonstrating: "analyst")
        let conflict = try #require(try await line.json("conflicts").listValue?.first)
        let id = try #require(conflict["id"]?.textValue)
        try await line.json("conflicts", "settle", id, "--value", "7")
        #expect(try await line.json("conflicts").listValue == [])
        let response = try #require(conflict["entity"]?.textValue)
        #expect(try await line.json("response", "show", response)["answers"]?["recommend"] == 7)
    }

    @Test func `a report has every breakdown in JSON, the named ones with --by, and fits eighty columns`() async throws
    {
        let line = try await CommandLine(demonstrating: "analyst")
        let document = try await line.json("report", "visit")
        let report = try #require(document["report"])
        #expect(report["responses"] == 200)
        let names = try #require(report["breakdowns"]?.listValue).compactMap { $0["name"]?.textValue }
        #expect(names.prefix(2) == ["collector", "language"] && names.contains("satisfaction"))
        let named = try await line.json("report", "visit", "--by", "satisfaction")
        #expect(named["report"]?["breakdowns"]?.listValue?.map { $0["name"] } == ["satisfaction"])
        for arguments in [["report", "visit"], ["report", "visit", "--by", "recommend", "--lang", "ar"]] {
            let text = try await line.run(arguments).outputText
            #expect(text.contains("Net Promoter Score") && text.contains("95 %"))
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        }
        let unknown = try await line.failure("report", "visit", "--by", "shoe")
        #expect(unknown["remedy"]?.textValue?.contains("survey show visit") == true)
    }

    @Test func `a report of a survey without responses says so`() async throws {
        let line = try CommandLine()
        try await line.text("init")
        try await line.text("campaign", "create", "Winter")
        _ = try await line.json("survey", "import", CommandLine.workbook("field.xlsx"))
        #expect(try await line.failure("report", "field")["code"]?.textValue == "not-found")
        try await line.text("survey", "publish", "field")
        #expect(try await line.text("report", "field").contains("no answers"))
        let metrics = try #require(try await line.json("report", "field")["report"]?["metrics"]?.listValue)
        #expect(metrics.map { $0["score"] ?? $0["share"] } == [Value.null, Value.null])
    }

    @Test func `a query returns exact values, ids as everywhere, and cannot write`() async throws {
        let line = try await CommandLine(demonstrating: "analyst")
        let sql = "SELECT _id, recommend FROM responses_visit ORDER BY _id"
        let rows = try #require(try await line.json("query", sql, "--limit", "3").listValue)
        #expect(rows.count == 3)
        let id = try #require(rows[0]["_id"]?.textValue)
        #expect(try await line.json("response", "show", id)["answers"]?["recommend"] == rows[0]["recommend"])
        let values = try await line.json("query", "SELECT 9007199254740993 AS n, 0.1 AS n, NULL AS m, x'010203' AS b")
        #expect(values == [["n": 9_007_199_254_740_993, "n_2": .number(0.1), "m": .null, "b": "AQID"]])
        #expect(try await line.text("query", "SELECT NULL AS a, 'x' AS b") == "a  b\n   x\n")
        for view in ["campaigns", "surveys", "questions", "conflicts", "changes"] {
            #expect(try await line.json("query", "SELECT * FROM \(view) LIMIT 1").listValue?.count == 1, "\(view)")
        }
        for sql in ["DELETE FROM change", "SELECT", "SELECT 1; SELECT 2", "ATTACH 'x' AS y"] {
            #expect(try await line.failure("query", sql)["code"]?.textValue == "query-failed")
        }
    }
}
