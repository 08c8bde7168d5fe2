import CanvassCoding
import Foundation
import TestSupport
import Testing

/// Interviews that are interrupted, with the real binaries and files.
@Suite struct CommandLineDraftTests {
    /// On the replica of a collector who has a survey.
    private func collector() async throws -> CommandLine {
        try await CommandLine(demonstrating: "collector-a")
    }

    private func survey(_ line: CommandLine) async throws -> (name: String, questions: [Value]) {
        let name = try #require(try await line.json("survey", "list").listValue?.first?["name"]?.textValue)
        let items = try #require(try await line.json("survey", "show", name)["items"]?.listValue)
        return (name, items)
    }

    @Test func `an interview is begun, shown, corrected and finished`() async throws {
        let line = try await collector()
        let (name, _) = try await survey(line)
        let draft = try #require(try await line.json("draft", "start", name)["id"]?.textValue)
        #expect(try await line.json("status")["drafts"] == 1)
        let shown = try await line.json("draft", "show", draft)
        let open = try #require(shown["open"]?.listValue?.compactMap { $0["name"]?.textValue })
        let first = try #require(open.first)
        #expect(shown["answers"] == [:] && shown["setAside"] == [:])
        #expect(try await line.text("draft", "show", draft).contains("draft answer \(draft) \(first)"))
        #expect(try await line.failure("draft", "answer", draft, "no_such_question", "1")["code"] == "not-found")
        // A required question is missing.
        let early = try await line.json("draft", "finish", draft, status: 3)
        #expect(early["response"] == .null)
        let saved = try await line.json("draft", "answer", draft, first, "7")
        #expect(saved["isSaved"] == true && saved["answers"]?[first] != nil)
        let refused = try await line.json("draft", "answer", draft, first, "4711", status: 3)
        #expect(refused["isSaved"] == false && refused["answers"] == saved["answers"])
        let before = try await line.json("status")
        #expect(try await line.text("draft", "list").contains(draft))
        let finished = try await line.json("draft", "finish", draft)
        #expect(finished["response"] == .text(draft))
        #expect(try await line.json("response", "show", draft)["answers"]?[first] == saved["answers"]?[first])
        let after = try await line.json("status")
        #expect(after["drafts"] == 0)
        #expect(
            (after["responses"]?.integerValue ?? 0) == (before["responses"]?.integerValue ?? 0) + 1)
        #expect(
            try await line.failure("draft", "finish", draft)["message"]?.textValue?.contains("has been finished")
                == true)
        let other = try #require(try await line.json("draft", "start", name)["id"]?.textValue)
        #expect(try await line.json("draft", "discard", other)["isDiscarded"] == true)
        #expect(try await line.json("draft") == [])
    }

    /// Runs a command again and again on the same file, and kills it at the first, second, third … call of each system
    /// call that writes, until there is no further one.
    ///
    /// - Parameter check: what must hold of the file afterwards; it is told whether the command had come to its end.
    /// - Returns: how many runs were killed.
    private func killingAtEachWrite(
        _ line: CommandLine, _ arguments: [String], check: (_ isDone: Bool) async throws -> Void
    ) async throws -> Int {
        let strace = try #require(Executables.find("strace"))
        let binary = try Executables.url(of: "canvass").path
        let manager = FileManager.default
        let folder = line.folder.url
        let saved = folder.appending(path: "saved")
        try manager.createDirectory(at: saved, withIntermediateDirectories: true)
        let files = try manager.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("field.canvass") }
        for file in files {
            try manager.copyItem(at: folder.appending(path: file), to: saved.appending(path: file))
        }
        var killed = 0
        for call in ["pwrite64", "fdatasync", "fsync", "ftruncate", "write"] {
            var isDone = false
            var number = 1
            while !isDone {
                for file in try manager.contentsOfDirectory(atPath: folder.path) where file.hasPrefix("field.canvass") {
                    try manager.removeItem(at: folder.appending(path: file))
                }
                for file in files {
                    try manager.copyItem(at: saved.appending(path: file), to: folder.appending(path: file))
                }
                let outcome = try await BinaryRunner.run(
                    strace,
                    [
                        "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e",
                        "inject=\(call):signal=KILL:when=\(number)", binary, "--replica", line.replica,
                    ] + arguments)
                isDone = outcome.status == 0
                try await check(isDone)
                killed += isDone ? 0 : 1
                number += 1
                try #require(number < 200, "\(call) never came to an end: \(outcome.errorText)")
            }
        }
        return killed
    }

    @Test(.enabled(if: Executables.find("strace") != nil, "strace is not installed"))
    func `an answer that was acknowledged survives kill -9, and no other is half there`() async throws {
        let line = try await collector()
        let (name, _) = try await survey(line)
        let draft = try #require(try await line.json("draft", "start", name)["id"]?.textValue)
        let first = try #require(
            try await line.json("draft", "show", draft)["open"]?.listValue?.first?["name"]?.textValue)
        let kept = try await line.json("draft", "answer", draft, first, "3")
        let killed = try await killingAtEachWrite(line, ["draft", "answer", draft, first, "8"]) { isDone in
            let answers = try await line.json("draft", "show", draft)["answers"]
            #expect(answers?[first] == 8 || !isDone && answers == kept["answers"], "\(String(describing: answers))")
        }
        #expect(killed > 5, "only \(killed) runs were killed")
    }

    @Test(.enabled(if: Executables.find("strace") != nil, "strace is not installed"))
    func `a draft is finished once or not at all, whenever the process is killed`() async throws {
        let line = try await collector()
        let (name, _) = try await survey(line)
        let draft = try #require(try await line.json("draft", "start", name)["id"]?.textValue)
        let first = try #require(
            try await line.json("draft", "show", draft)["open"]?.listValue?.first?["name"]?.textValue)
        try await line.json("draft", "answer", draft, first, "8")
        let before = try #require(try await line.json("status")["responses"]?.integerValue)
        var (finished, open) = (0, 0)
        let killed = try await killingAtEachWrite(line, ["draft", "finish", draft]) { isDone in
            let status = try await line.json("status")
            let isOpen = status["drafts"] == 1
            #expect(status["responses"]?.integerValue == before + (isOpen ? 0 : 1))
            #expect(!isDone || !isOpen)
            finished += isOpen ? 0 : 1
            open += isOpen ? 1 : 0
            if isOpen {
                // And it can be finished now.
                #expect(try await line.json("draft", "finish", draft)["response"] == .text(draft))
            } else {
                #expect(try await line.json("response", "show", draft)["answers"]?[first] == 8)
            }
        }
        #expect(killed > 5 && open > 0 && finished > 0, "\(killed) killed: \(open) open, \(finished) finished")
    }
}
