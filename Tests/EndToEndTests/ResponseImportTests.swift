import CanvassCoding
import Foundation
import TestSupport
import Testing

/// `canvass response import`: every row ends up in the replica or in the file of rejects, whatever happens on the way.
struct ResponseImportTests {
    /// A collector of a campaign with the demonstration's survey, reached through its files.
    private func prepared() async throws -> (folder: TemporaryFolder, replica: String) {
        let folder = try TemporaryFolder()
        let outcome = try await BinaryRunner.run("canvass", ["demo", "--json", "--folder", folder.path("demo")])
        #expect(outcome.status == 0, "\(outcome.errorText)")
        return (folder, folder.path("demo/collector-a.canvass"))
    }

    private func importFile(
        _ replica: String, _ file: URL, _ more: String...
    ) async throws -> (status: Int32, document: Value) {
        let outcome = try await BinaryRunner.run(
            "canvass", ["--replica", replica, "response", "import", "visit", file.path, "--json"] + more)
        let document = outcome.output.isEmpty ? Value.null : try JSON.decode([UInt8](outcome.output))
        return (outcome.status, document)
    }

    @Test func `good rows come in, rows that break a rule are flagged, unreadable rows are written down`() async throws
    {
        let (folder, replica) = try await prepared()
        let file = try folder.write(
            """
            recommend,satisfaction,reason,shoe size
            9,5,,42
            9,5,,42
            12,5,,43
            10,4,"said nothing
            of the kind",44
            many,3,,45
            8,3

            """, to: "answers.csv")
        let result = try await importFile(replica, file)
        #expect(result.status == 3)
        #expect(result.document["rows"]?.integerValue == 6)
        #expect(result.document["added"]?.integerValue == 4)
        #expect(result.document["flagged"]?.integerValue == 2)
        #expect(result.document["rejected"]?.integerValue == 2)
        #expect(result.document["unknownColumns"]?.listValue == ["shoe size"])
        let rejects = try String(contentsOf: folder.url.appending(path: "answers.csv.rejects.csv"), encoding: .utf8)
        #expect(rejects.contains("recommend") && rejects.contains("many"))
        #expect(rejects.split(separator: "\r\n").count == 3 || rejects.split(separator: "\n").count == 3)

        let again = try await importFile(replica, file)
        #expect(again.document["added"]?.integerValue == 0)
        #expect(again.document["known"]?.integerValue == 4)
    }

    @Test func `rows with a key are the same row wherever they stand`() async throws {
        let (folder, replica) = try await prepared()
        let first = try folder.write("paper,recommend\nA1,9\nA2,3\n", to: "first.csv")
        let second = try folder.write("paper,recommend\nA2,3\nA3,7\nA3,8\n,5\n", to: "second.csv")
        #expect(try await importFile(replica, first, "--key", "paper").document["added"]?.integerValue == 2)
        let result = try await importFile(replica, second, "--key", "paper")
        #expect(result.document["added"]?.integerValue == 1)
        #expect(result.document["known"]?.integerValue == 1)
        #expect(result.document["rejected"]?.integerValue == 2)
    }

    @Test func `a file in another encoding is refused whole, with the way out`() async throws {
        let (folder, replica) = try await prepared()
        let file = folder.url.appending(path: "utf16.csv")
        try #require("recommend\n9\n".data(using: .utf16)).write(to: file)
        let outcome = try await BinaryRunner.run(
            "canvass", ["--replica", replica, "response", "import", "visit", file.path])
        #expect(outcome.status == 1)
        #expect(outcome.errorText.contains("UTF-16") && outcome.errorText.contains("UTF-8"))
    }

    @Test func `an import that is interrupted leaves whole batches, and the next one the rest`() async throws {
        let (folder, replica) = try await prepared()
        let rows = (0..<20_000).map { "\($0),\($0 % 11),\($0 % 5 + 1)" }
        let file = try folder.write(
            "paper,recommend,satisfaction\n" + rows.joined(separator: "\n") + "\n", to: "long.csv")
        let arguments = ["--replica", replica, "response", "import", "visit", file.path, "--key", "paper", "--json"]
        let process = try RunningProcess("canvass", arguments)
        try await Task.sleep(for: .milliseconds(900))
        process.send(signal: SIGINT)
        let status = try await process.exit(within: .seconds(30))
        let count = try await responses(in: replica)
        // On a fast machine the import may have ended before the signal came.
        if status != 0 { #expect((count - 120) % 500 == 0, "\(count) responses") }
        let rest = try await BinaryRunner.run("canvass", arguments, timeout: .seconds(120))
        #expect(rest.status == 0, "\(rest.errorText)")
        #expect(try await responses(in: replica) == 20_120)
    }

    @Test func `an import that is killed loses nothing that was written and doubles nothing`() async throws {
        let (folder, replica) = try await prepared()
        let rows = (0..<5_000).map { "\($0),\($0 % 11)" }
        let file = try folder.write("paper,recommend\n" + rows.joined(separator: "\n") + "\n", to: "long.csv")
        let arguments = ["--replica", replica, "response", "import", "visit", file.path, "--key", "paper", "--json"]
        for delay in [150, 300, 450] {
            let process = try RunningProcess("canvass", arguments)
            try await Task.sleep(for: .milliseconds(delay))
            process.send(signal: SIGKILL)
            _ = try await process.exit(within: .seconds(10))
            #expect((try await responses(in: replica) - 120) % 500 == 0)
        }
        let rest = try await BinaryRunner.run("canvass", arguments, timeout: .seconds(120))
        #expect(rest.status == 0, "\(rest.errorText)")
        #expect(try await responses(in: replica) == 5_120)
    }

    private func responses(in replica: String) async throws -> Int {
        let outcome = try await BinaryRunner.run(
            "canvass", ["--replica", replica, "query", "SELECT count(*) AS n FROM responses_visit", "--json"])
        let document = try JSON.decode([UInt8](outcome.output))
        return Int(try #require(document.listValue?.first?["n"]?.integerValue))
    }
}
