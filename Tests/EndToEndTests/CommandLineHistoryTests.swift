import CanvassCoding
import Foundation
import TestSupport
import Testing

/// `canvass response history`, `blame`, `revert` and `--as-of`.
struct CommandLineHistoryTests {
    /// The response that the demonstration leaves in conflict.
    private func contested(_ line: CommandLine) async throws -> String {
        let conflicts = try #require(try await line.json("conflicts").listValue)
        return try #require(conflicts.first?["entity"]?.textValue)
    }

    @Test func `the history tells who changed what, within eighty columns`() async throws {
        let line = try await CommandLine(demonstrating: "collector-a")
        let id = try await contested(line)
        let text = try await line.text("response", "history", id)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("recorded the response with"))
        #expect(words.contains("changed recommend (How likely are you to recommend us"))
        #expect(words.contains("to 8") && words.contains("to 6") && words.contains("in conflict with"))
        #expect(words.contains("Supervisor, device"))
        let document = try await line.json("response", "history", String(id.prefix(20)))
        #expect(document["changes"]?.listValue?.map { $0["number"]?.integerValue } == [1, 2, 3])
        #expect(document["changes"]?.listValue?[0]["event"]?.textValue == "created")
        let blame = try #require(try await line.json("response", "blame", id).listValue)
        let recommend = try #require(blame.first { $0["field"]?.textValue == "recommend" })
        #expect(recommend["beside"]?.listValue?.count == 1)
        #expect(try await line.text("response", "blame", id).contains("recommend"))
    }

    @Test func `a correction is taken back, and what came after it is left`() async throws {
        let line = try await CommandLine(demonstrating: "collector-a")
        let recorded = try await line.json("collect", "visit", "--answers", "-", input: #"{"recommend": 9}"#)
        let id = try #require(recorded["response"]?.textValue)
        try await line.text("response", "edit", id, "--set", "recommend=7")
        try await line.text("response", "edit", id, "--set", "recommend=8")
        func score() async throws -> Value? { try await line.json("response", "show", id)["answers"]?["recommend"] }

        let left = try await line.json("response", "revert", id, "--change", "2", status: 3)
        #expect(left["skipped"]?.listValue?.first?["changedBy"]?.integerValue == 3)
        #expect(left["change"] == Value.null)
        #expect(try await score() == .integer(8))
        let words = try await line.run("response", "revert", id, "--change", "2")
        #expect(words.status == 3)
        #expect(words.outputText.contains("--force"))
        #expect(try await line.text("response", "revert", id, "--change", "3").contains("is 7 again"))
        #expect(try await score() == .integer(7))
        try await line.text("response", "revert", id, "--change", "4")
        #expect(try await score() == .integer(8))
        try await line.text("response", "revert", id, "--change", "2", "--force")
        #expect(try await score() == .integer(9))

        let creation = try await line.failure("response", "revert", id, "--change", "1")
        #expect(creation["message"]?.textValue?.contains("would delete the response") == true)
        #expect(try await line.failure("response", "revert", id, "--change", "99")["code"] == "history.no-such-change")
        #expect(try await line.run("response", "revert", id).status == 2)
    }

    @Test func `a report and a response are read as of a moment`() async throws {
        let line = try await CommandLine(demonstrating: "analyst")
        let now = try await line.json("report", "visit")
        let later = try await line.json("report", "visit", "--as-of", "2999-12-31")
        #expect(later["report"] == now["report"])
        #expect(now["asOf"] == Value.null && later["asOf"]?["displacedChanges"] == .integer(0))
        let early = try await line.json("report", "visit", "--as-of", "2001-01-01T12:30+02:00")
        #expect(early["report"]?["responses"] == .integer(0))
        // 10:31:00 UTC, less one millisecond: the end of the minute.
        #expect(early["asOf"]?["milliseconds"] == .integer(978_345_059_999))
        let seconds = try await line.json("report", "visit", "--as-of", "2001-01-01T10:30:59Z")
        #expect(seconds["asOf"] == early["asOf"])
        let text = try await line.text("report", "visit", "--as-of", "2999-12-31")
        #expect(text.contains("As of 2999-12-31 23:59, by the clocks of the devices."))

        let id = try await contested(line)
        let error = try await line.failure("response", "show", id, "--as-of", "2001-01-01")
        #expect(error["code"] == "not-found")
        let shown = try await line.json("response", "show", id, "--as-of", "2999-12-31")
        #expect(shown["answers"] == (try await line.json("response", "show", id))["answers"])
    }

    @Test(arguments: [
        "yesterday", "2026-13-01", "2026-02-29", "2026-11-21T", "2026-11-21T24:00", "2026-11-21T22:30:60",
        "2026-11-21T22:30:00+1", "2026-11-21T22:30:00Zulu", "26-11-21", "", "２０２６-11-21", "2026-11-21Z",
    ])
    func `what is no moment is refused as a wrong command line`(text: String) async throws {
        let line = try CommandLine()
        let outcome = try await line.run("report", "visit", "--as-of", text)
        #expect(outcome.status == 2)
        #expect(outcome.errorText.contains("2026-11-21T22:30"))
    }
}
