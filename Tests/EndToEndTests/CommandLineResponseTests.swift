import CanvassCoding
import Foundation
import TestSupport
import Testing

/// Collecting, reading and correcting responses.
struct CommandLineResponseTests {
    @Test func `whoever is no collector cannot collect`() async throws {
        let line = try CommandLine()
        try await line.text("init")
        try await line.text("campaign", "create", "Winter")
        _ = try await line.json("survey", "import", CommandLine.workbook("field.xlsx"))
        let answers = #"{"score": 9}"#
        let early = try await line.failure("collect", "field", "--answers", "-", input: answers)
        #expect(early["message"]?.textValue?.contains("not been published") == true)
        try await line.text("survey", "publish", "field")
        let error = try await line.failure("collect", "field", "--answers", "-", input: answers)
        #expect(error["code"]?.textValue == "not-permitted")
        try line.folder.write("score\n9\n", to: "answers.csv")
        #expect(try await line.failure("response", "import", "field", "answers.csv")["code"] == "not-permitted")
        #expect(try await line.json("response", "list", "field").listValue == [])
    }

    @Test func `answers that break a rule are not recorded, and each finding says what to do`() async throws {
        let line = try await CommandLine(demonstrating: "collector-a")
        let before = try await count(line)
        let refused = try await line.json(
            "collect", "visit", "--answers", "-", input: #"{"recommend": 11, "shoe": 42, "satisfaction": "5"}"#,
            status: 3)
        #expect(refused["response"] == Value.null)
        let findings = try #require(refused["findings"]?.listValue)
        #expect(Set(findings.compactMap { $0["question"]?.textValue }) == ["recommend", "shoe"])
        for finding in findings { #expect(finding["remedy"]?.textValue?.isEmpty == false) }
        let wrongType = try await line.json(
            "collect", "visit", "--answers", "-", input: #"{"recommend": "many"}"#, status: 3)
        #expect(wrongType["findings"]?.listValue?.first?["kind"] == "wrongType")
        #expect(try await count(line) == before)
    }

    @Test func `of a list every response is judged on its own`() async throws {
        let line = try await CommandLine(demonstrating: "collector-a")
        let before = try await count(line)
        try line.folder.write(
            #"[{"recommend": 9}, {"recommend": 99}, {"recommend": 3, "reason": "Queues"}]"#, to: "answers.json")
        let results = try await line.json("collect", "visit", "--answers", "answers.json", "--lang", "fr", status: 3)
        #expect(results.listValue?.map { $0["response"]?.textValue != nil } == [true, false, true])
        #expect(try await count(line) == before + 2)
        let text = try await line.run("collect", "visit", "--answers", "-", input: #"{"recommend": 99}"#).outputText
        #expect(text.contains("recommend") && text.contains("How likely are you to recommend us"))
    }

    @Test(arguments: [
        (#"{"recommend": "#, "line 1"), ("[1]", "element 1"), ("\"nine\"", "standard input"), ("", "line 1"),
    ])
    func `answers that are no JSON object are refused with the place`(text: String, place: String) async throws {
        let line = try await CommandLine(demonstrating: "collector-a")
        let error = try await line.failure("collect", "visit", "--answers", "-", input: text)
        #expect(error["code"]?.textValue?.hasPrefix("answers.") == true)
        #expect(error["where"]?.textValue?.contains(place) == true, "\(error)")
    }

    @Test func `a response is found by the start of its id, shown, and corrected`() async throws {
        let line = try await CommandLine(demonstrating: "collector-a")
        let recorded = try await line.json("collect", "visit", "--answers", "-", input: #"{"recommend": 9}"#)
        let id = try #require(recorded["response"]?.textValue)
        let latest = try #require(try await line.json("response", "list", "visit", "--limit", "1").listValue)
        #expect(latest.count == 1 && latest[0]["id"]?.textValue == id)
        #expect(try await line.text("response", "list", "visit", "-n", "1").contains("more; --limit"))
        #expect(try await line.text("response", "show", id).contains("How likely are you to recommend us"))

        let refused = try await line.json("response", "edit", id, "--set", "recommend=12", status: 3)
        #expect(refused["findings"]?.listValue?.count == 1)
        try await line.json("response", "edit", id, "--set", "recommend=10", "--set", "comment=a=b")
        #expect(try await line.json("response", "show", id)["answers"]?["recommend"] == 10)
        #expect(try await line.json("response", "show", id)["answers"]?["comment"] == "a=b")
        try await line.json("response", "edit", id, "--clear", "comment", "--set", "recommend=12", "--allow-findings")
        let answers = try #require(try await line.json("response", "show", id)["answers"])
        #expect(answers["recommend"] == 12 && answers["comment"] == nil)

        #expect(try await line.failure("response", "edit", id, "--set", "shoe=1")["code"]?.textValue == "not-found")
        #expect(try await line.failure("response", "edit", id, status: 2)["code"] == "usage.nothing-to-change")
        #expect(try await line.failure("response", "edit", id, "--set", "recommend", status: 2)["code"] != nil)
        #expect(try await line.failure("response", "show", "ZZZ")["code"]?.textValue == "not-found")
    }

    @Test func `flagged responses are listed alone`() async throws {
        let line = try await CommandLine(demonstrating: "collector-a")
        #expect(try await line.json("response", "list", "visit", "--flagged").listValue == [])
        try line.folder.write("recommend\n9\n12\n", to: "answers.csv")
        let outcome = try await line.run("response", "import", "visit", "answers.csv")
        #expect(outcome.status == 0, "\(outcome.errorText)")
        #expect(outcome.outputText.contains("--flagged"))
        #expect(!FileManager.default.fileExists(atPath: line.folder.path("answers.csv.rejects.csv")))
        #expect(try await line.json("response", "list", "visit", "--flagged").listValue?.count == 1)
    }

    @Test func `what was imported is told even where the rejects cannot be written`() async throws {
        let line = try await CommandLine(demonstrating: "collector-a")
        try line.folder.write("recommend\n9\nmany\n", to: "answers.csv")
        try line.folder.write("", to: "answers.csv.rejects.csv/in-the-way")
        let outcome = try await line.run("response", "import", "visit", "answers.csv", "--json")
        #expect(outcome.status == 1)
        #expect(outcome.errorText.contains("file.not-written"))
        #expect(try JSON.decode([UInt8](outcome.output))["added"] == 1)
        let names = try FileManager.default.contentsOfDirectory(atPath: line.folder.url.path)
        #expect(!names.contains { $0.hasSuffix(".tmp") })
    }

    private func count(_ line: CommandLine) async throws -> Int {
        try #require(try await line.json("response", "list", "visit", "--limit", "1000").listValue).count
    }
}
