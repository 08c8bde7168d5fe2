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

    @Test func `a response of a list that is too large stops no other`() async throws {
        let line = try await CommandLine(demonstrating: "collector-a")
        let before = try await count(line)
        let long = String(repeating: "x", count: 70_000)
        try line.folder.write(
            #"[{"recommend": 9, "comment": "\#(long)"}, {"recommend": 10}]"#, to: "answers.json")
        let outcome = try await line.run("collect", "visit", "--answers", "answers.json")
        #expect(outcome.status == 3)
        #expect(outcome.outputText.contains("comment: the response is too large"))
        #expect(outcome.outputText.contains("repeat only response 1;"))
        #expect(try await count(line) == before + 1)
    }

    @Test func `a response is in a language of the survey, the default one where nobody says`() async throws {
        let line = try await CommandLine(demonstrating: "collector-a")
        let answers = #"{"recommend": 9}"#
        let error = try await line.failure("collect", "visit", "--answers", "-", "--lang", "xx", input: answers)
        #expect(error["remedy"]?.textValue?.contains("Français (fr)") == true)
        for (arguments, language) in [([], "en"), (["--lang", "FR"], "fr")] {
            let outcome = try await line.run(
                ["collect", "visit", "--answers", "-", "--json"] + arguments, input: "\u{FEFF}" + answers)
            let id = try #require(try JSON.decode([UInt8](outcome.output))["response"]?.textValue)
            #expect(try await line.json("response", "show", id)["language"]?.textValue == language)
        }
        let wide = try #require(answers.data(using: .utf16))
        try wide.write(to: line.folder.url.appending(path: "wide.json"))
        #expect(try await line.failure("collect", "visit", "--answers", "wide.json")["code"] == "answers.not-utf8")
    }

    @Test func `an open conflict is told where its answer is shown`() async throws {
        let line = try await CommandLine(demonstrating: "analyst")
        let conflict = try #require(try await line.json("conflicts").listValue?.first)
        let response = try #require(conflict["entity"]?.textValue)
        let id = try #require(conflict["id"]?.textValue)
        #expect(try await line.text("response", "show", response).contains("conflicts show \(id)"))
        // An analyst reviews, and may neither publish nor collect.
        #expect(try await line.failure("survey", "publish", "visit")["code"] == "not-permitted")
        let answers = #"{"shoe": 9}"#
        #expect(try await line.failure("collect", "visit", "--answers", "-", input: answers)["code"] == "not-permitted")
    }

    @Test func `an import without rejects takes the list of an earlier one away, and no other file`() async throws {
        let line = try await CommandLine(demonstrating: "collector-a")
        let rejects = line.folder.path("answers.csv.rejects.csv")
        try line.folder.write("recommend\n9\nmany\n", to: "answers.csv")
        #expect(try await line.run("response", "import", "visit", "answers.csv").status == 3)
        #expect(FileManager.default.fileExists(atPath: rejects))
        try line.folder.write("recommend\n9\n", to: "answers.csv")
        try await line.text("response", "import", "visit", "answers.csv")
        #expect(!FileManager.default.fileExists(atPath: rejects))
        try line.folder.write("my notes", to: "answers.csv.rejects.csv")
        try await line.text("response", "import", "visit", "answers.csv")
        #expect(FileManager.default.fileExists(atPath: rejects))
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
        let text = try await line.run("response", "import", "visit", "answers.csv").outputText
        #expect(text.contains("Row 2, line 3, column recommend: "))
        let names = try FileManager.default.contentsOfDirectory(atPath: line.folder.url.path)
        #expect(!names.contains { $0.hasSuffix(".tmp") })
    }

    private func count(_ line: CommandLine) async throws -> Int {
        try #require(try await line.json("response", "list", "visit", "--limit", "1000").listValue).count
    }
}
