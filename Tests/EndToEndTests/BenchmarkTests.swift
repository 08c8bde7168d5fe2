import CanvassCoding
import Foundation
import TestSupport
import Testing

/// `canvass-bench`: that it measures, says what it measured against, and leaves nothing behind. How fast anything is, no
/// test says.
struct BenchmarkTests {
    @Test func `a recorded response is measured against a raw commit`() async throws {
        let folder = try TemporaryFolder()
        let outcome = try await BinaryRunner.run(
            "canvass-bench", ["record", "--quick", "--json", "--scratch", folder.url.path])
        #expect(outcome.status == 0, "\(outcome.errorText)")
        let benchmarks = try JSON.decode([UInt8](outcome.output))["benchmarks"]?.listValue
        let figure = try #require(benchmarks?.first?["figures"]?.listValue?.first)
        #expect(benchmarks?.count == 1)
        #expect(figure["unit"]?.textValue == "seconds")
        #expect(figure["samples"]?.integerValue == 200)
        #expect(figure["limit"]?["ratio"]?.doubleValue == 3)
        let median = try #require(figure["median"]?.doubleValue)
        let percentile = try #require(figure["p99"]?.doubleValue)
        let anchor = try #require(figure["anchor"]?["median"]?.doubleValue)
        let ratio = try #require(figure["ratio"]?.doubleValue)
        #expect(median > 0 && percentile >= median && anchor > 0)
        #expect(abs(ratio - median / anchor) < 1e-9)
        #expect(figure["verdict"]?.textValue == (ratio <= 3 ? "ok" : "over"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test func `all runs, and shows every benchmark that is part of it`() async throws {
        let folder = try TemporaryFolder()
        let list = try JSON.decode([UInt8](await BinaryRunner.run("canvass-bench", ["list", "--json"]).output))
        let expected = try #require(list.listValue).filter { $0["isPartOfAll"]?.boolValue == true }
        let outcome = try await BinaryRunner.run(
            "canvass-bench", ["all", "--quick", "--json", "--scratch", folder.url.path], timeout: .seconds(300))
        #expect(outcome.status == 0, "\(outcome.errorText)")
        let benchmarks = try #require(try JSON.decode([UInt8](outcome.output))["benchmarks"]?.listValue)
        #expect(benchmarks.map { $0["name"] } == expected.map { $0["name"] })
        var names: [String: [String]] = [:]
        for benchmark in benchmarks {
            for figure in benchmark["figures"]?.listValue ?? [] {
                names[benchmark["name"]?.textValue ?? "", default: []].append(figure["name"]?.textValue ?? "")
                #expect((figure["median"]?.doubleValue ?? -1) >= 0, "\(figure["name"]?.textValue ?? "")")
            }
        }
        for (benchmark, parts) in Self.parts {
            for part in parts {
                #expect(names[benchmark]?.contains { $0.contains(part) } == true, "\(benchmark) lacks \(part)")
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    /// What each benchmark measures, in words of its figures; without the real survey, which may be absent.
    private static let parts = [
        "segments": ["segments of 1", "segments of 10", "segments of 500", "without frames", "encode a response"],
        "record": ["record a response", "in one batch"], "apply": ["apply a response", "conflicting field"],
        "import": ["made-up row"], "report": ["in process", "canvass report"],
        "start": ["canvass status", "canvass --version"],
        "initial-sync": ["push", "join and pull", "client, peak memory", "relay, peak memory"],
        "scopes": ["nothing new", "one change", "bytes sent", "bytes received"],
        "relay": ["HTTP alone", "idle", "durable push, 64", "hashing", "whole segments", "watchers", "1 ms"],
    ]

    @Test func `without Python the peers say so and skip`() async throws {
        let folder = try TemporaryFolder()
        let outcome = try await BinaryRunner.run(
            "canvass-bench", ["peers", "--quick"], environment: ["PATH": folder.url.path])
        #expect(outcome.status == 0, "\(outcome.errorText)")
        #expect(outcome.outputText.contains("skipped the peers: there is no python3"))
    }

    @Test(arguments: ["import", "report", "sync"])
    func `without the real survey a benchmark says so and skips`(_ name: String) async throws {
        let folder = try TemporaryFolder()
        let outcome = try await BinaryRunner.run(
            "canvass-bench", ["check", name, "--quick", "--data", folder.path("absent")])
        #expect(outcome.status == 0, "\(outcome.errorText)")
        #expect(outcome.outputText.contains("skipped") && outcome.outputText.contains("--data"))
    }

    @Test func `an unknown benchmark is a usage error that names the known ones`() async throws {
        let outcome = try await BinaryRunner.run("canvass-bench", ["rekord"])
        #expect(outcome.status == 2)
        #expect(outcome.errorText.contains("record") && outcome.errorText.contains("sync"))
    }

    @Test func `a scratch folder that does not exist is refused with the remedy`() async throws {
        let folder = try TemporaryFolder()
        let outcome = try await BinaryRunner.run("canvass-bench", ["record", "--scratch", folder.path("absent")])
        #expect(outcome.status == 1)
        #expect(outcome.errorText.contains("--scratch"))
    }

    @Test(.enabled(if: SharedData.isSFO2017Present))
    func `a sync that is interrupted ends its relay and removes its databases`() async throws {
        let folder = try TemporaryFolder()
        let bench = try RunningProcess(
            "canvass-bench", ["sync", "--data", SharedData.sfo2017.path, "--scratch", folder.url.path])
        let deadline = ContinuousClock.now + .seconds(60)
        while !hasRelay(in: folder), bench.isRunning, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(hasRelay(in: folder))
        let status = try await bench.stop(within: .seconds(60))
        #expect(status == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
        #expect(try processes(naming: folder.url.path).isEmpty)
    }

    private func hasRelay(in folder: TemporaryFolder) -> Bool {
        let files = FileManager.default.enumerator(atPath: folder.url.path)?.allObjects as? [String] ?? []
        return files.contains { $0.hasSuffix("/relay") }
    }

    /// The ids of running processes whose command line names `path`; none where there is no /proc.
    private func processes(naming path: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: "/proc/self/cmdline") else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
            guard Int(name) != nil else { return false }
            // A process may end while its line is being read.
            let line = (try? Data(contentsOf: URL(filePath: "/proc/\(name)/cmdline"))) ?? Data()
            return String(decoding: line, as: UTF8.self).contains(path)
        }
    }
}
