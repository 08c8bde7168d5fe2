import CanvassCoding
import Foundation
import TestSupport
import Testing

@testable import CanvassBenchmarks

/// What `canvass-bench check` makes of limits and targets.
struct BenchmarkThresholdTests {
    private static let anchored = Figure(
        name: "work", unit: .seconds, samples: Samples([3, 1, 2]),
        anchor: .init(name: "the same without", samples: Samples([1])))
    private static let alone = Figure(name: "size", unit: .bytes, samples: Samples([150]))

    private static func threshold(limit: Bound) -> Threshold {
        Threshold(limit: limit, target: nil, stretch: nil, source: "", remedy: "")
    }

    @Test(arguments: [
        (Bound.ratio(2), Threshold.Verdict.ok), (.ratio(1.9), .over), (.value(2), .ok), (.value(1.9), .over),
    ])
    func `a limit holds the median, as it is or as a multiple of the anchor`(
        _ limit: Bound, _ verdict: Threshold.Verdict
    ) {
        #expect(Self.threshold(limit: limit).verdict(on: Self.anchored) == verdict)
    }

    @Test func `a ratio says nothing of a figure without an anchor, nor a value of one without samples`() {
        #expect(Self.threshold(limit: .ratio(1)).verdict(on: Self.alone) == nil)
        let empty = Figure(name: "nothing", unit: .bytes, samples: Samples())
        #expect(Self.threshold(limit: .value(1)).verdict(on: empty) == nil)
    }

    private static func reasoned(_ threshold: String) -> String {
        #"{"reasons": {"time": {"source": "", "remedy": ""}}, "benchmarks": {"a": {"b": \#(threshold)}}}"#
    }

    @Test func `the explanation names figure, measurement, anchor and limit`() {
        let text = Self.threshold(limit: .ratio(1.5)).explanation(of: Self.anchored)
        #expect(text == "work: 2 s, 2 × the same without (1 s); the limit is ≤ 1.5 ×")
    }

    @Test func `a file of limits is read with its reasons`() throws {
        let file = """
            {"reasons": {"time": {"source": "five runs", "remedy": "profile it"},
                         "size": {"source": "the protocol", "remedy": "change it"}},
             "benchmarks": {"apply": {
                "one": {"limit": {"ratio": 3}, "target": {"value": 0.5}, "stretch": {"value": 0.25}},
                "two": {"limit": {"value": 9}, "reason": "size"}}}}
            """
        let thresholds = try Thresholds(Array(file.utf8), file: "test")
        #expect(
            thresholds["apply", "one"]
                == Threshold(
                    limit: .ratio(3), target: .value(0.5), stretch: .value(0.25), source: "five runs",
                    remedy: "profile it"))
        #expect(thresholds["apply", "two"]?.source == "the protocol")
        #expect(thresholds["apply", "three"] == nil)
        #expect(thresholds.unknown("apply", besides: ["one"]) == ["two"])
    }

    @Test(arguments: [
        "", "{}", #"{"benchmarks": {"a": {"b": {"limit": {"ratio": 3}}}}}"#, reasoned(#"{"limit": 3}"#),
        reasoned(#"{"limit": {"ratio": -1}}"#), reasoned(#"{"target": {"ratio": 1, "value": 1}}"#),
        reasoned(#"{"limit": {"ratio": 3}, "reason": "whim"}"#),
    ])
    func `a file that holds no limits is refused`(_ file: String) {
        #expect(throws: (any Error).self) { try Thresholds(Array(file.utf8), file: "test") }
    }

    @Test func `the limits that come with the program can be read, and belong to benchmarks`() throws {
        let document = try JSON.decode(PackageResources.thresholds_json)
        _ = try Thresholds.standard()
        let names = Set(BenchmarkProgram.benchmarks.map(\.name))
        for benchmark in try #require(document["benchmarks"]?.mapValue) {
            #expect(names.contains(benchmark.key), "\(benchmark.key) is no benchmark")
        }
    }

    @Test func `a limit that is exceeded is explained`() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path("limits.json")
        let limits = """
            {"reasons": {"time": {"source": "a test", "remedy": "do nothing"}},
             "benchmarks": {"record": {"record a response": {"limit": {"ratio": 1e-9}, "target": {"ratio": 1e-9}}}}}
            """
        try Data(limits.utf8).write(to: URL(filePath: file))
        let outcome = try await BinaryRunner.run(
            "canvass-bench", ["check", "record", "--quick", "--thresholds", file])
        #expect(outcome.status == 1)
        for part in ["missed", "over", "a raw FULL commit", "a test", "do nothing", "0 of 1 targets are met"] {
            #expect(outcome.outputText.contains(part), "\(part) is missing")
        }
        #expect(outcome.errorText.contains("one figure is over its limit"))
    }
}
