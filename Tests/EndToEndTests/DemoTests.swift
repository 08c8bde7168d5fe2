import CanvassCoding
import Foundation
import TestSupport
import Testing

/// `canvass demo`, as somebody who has just built Canvass runs it.
struct DemoTests {
    @Test func `the demonstration ends with one conflict and replicas that agree`() async throws {
        let folder = try TemporaryFolder()
        let outcome = try await BinaryRunner.run("canvass", ["demo", "--json", "--folder", folder.path("demo")])
        #expect(outcome.status == 0, "\(outcome.errorText)")
        let result = try JSON.decode([UInt8](outcome.output))
        #expect(result["agreed"]?.boolValue == true)
        #expect(result["report"]?["report"]?["responses"]?.integerValue == 200)

        let conflicts = try #require(result["conflicts"]?.listValue)
        #expect(conflicts.count == 1)
        let values = conflicts.first?["values"]?.listValue?.compactMap { $0["value"]?.integerValue }
        #expect(values.map(Set.init) == [6, 8])

        let agreements = try #require(result["agreements"]?.listValue)
        let holders = agreements.map { $0["replicas"]?.listValue?.count ?? 0 }
        #expect(holders == [1, 5, 3, 3])

        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("demo"))
        #expect(files.contains("analyst.canvass") && files.contains("collector-a.canvass"))
    }

    @Test func `the demonstration fits a terminal of 80 columns and writes no colour into a pipe`() async throws {
        let folder = try TemporaryFolder()
        let outcome = try await BinaryRunner.run("canvass", ["demo", "--folder", folder.path("demo")])
        #expect(outcome.status == 0, "\(outcome.errorText)")
        for line in outcome.outputText.split(separator: "\n") where !line.contains(folder.url.path) {
            #expect(line.count <= 80, "\(line)")
        }
        #expect(!outcome.outputText.contains("\u{1B}"))
        for word in ["NPS", "CSAT", "Collector A", "conflict", "digest"] {
            #expect(outcome.outputText.contains(word), "\(word)")
        }
    }

    @Test func `a folder that is there already is left alone`() async throws {
        let folder = try TemporaryFolder()
        let outcome = try await BinaryRunner.run("canvass", ["demo", "--folder", folder.url.path])
        #expect(outcome.status == 1)
        #expect(outcome.errorText.contains(folder.url.path))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }
}
