import Foundation
import TestSupport
import Testing

/// The engine against the model that was written in Python from the specification alone, and the model against the
/// golden vectors. Both need `python3`; nothing of it beyond the standard library.
@Suite(.enabled(if: Executables.find("python3") != nil, "python3 is not installed")) struct ConformanceTests {
    /// The folder of the specification: beside Tests, wherever the checkout lies.
    private static let specification = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Protocol")

    /// Runs one of the scripts beside the specification.
    private func script(_ path: String, _ arguments: [String], input: Data? = nil) async throws -> BinaryRunner.Outcome
    {
        let script = ConformanceTests.specification.appending(path: path).path
        return try await BinaryRunner.run(
            try #require(Executables.find("python3")), [script] + arguments,
            environment: ["PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"], input: input, timeout: .seconds(300))
    }

    private func histories(count: Int, seed: UInt64) async throws -> Data {
        // The gate names its release build, which is much faster.
        let named = ProcessInfo.processInfo.environment["CANVASS_BENCH"]
        let bench = try named.map { URL(filePath: $0) } ?? Executables.url(of: "canvass-bench")
        let outcome = try await BinaryRunner.run(
            bench, ["histories", "--count", "\(count)", "--seed", "\(seed)"], timeout: .seconds(600))
        try #require(outcome.status == 0, "\(outcome.errorText)")
        return outcome.output
    }

    @Test func `the model agrees with the engine on 500 random histories`() async throws {
        let seed = SplitMix64.forTest("conformance").seed >> 2
        let outcome = try await script(
            "conformance/check_histories.py", ["-"], input: try await histories(count: 500, seed: seed))
        #expect(outcome.status == 0, "the first seed was \(seed): \(outcome.errorText)")
        #expect(outcome.outputText.contains("500 histories\n"))
        // A run that met none of the hard cases would show nothing.
        for what in [
            "histories with forks", "deleted entities", "deleted entities that live", "unknown operations",
            "cells of sets", "conflicts", "lists of several", "lists in entities", "concurrent moves", "circles cut",
        ] {
            let line = outcome.outputText.split(separator: "\n").first { $0.hasSuffix(" \(what)") }
            #expect(line.map { !$0.hasPrefix("        0 ") } == true, "\(what): \(outcome.outputText)")
        }
    }

    @Test func `a seed gives the same histories again`() async throws {
        let first = try await histories(count: 3, seed: 7)
        #expect(try await histories(count: 3, seed: 7) == first)
        #expect(try await histories(count: 1, seed: 9) == first.split(separator: 0x0A).last.map { $0 + [0x0A] })
    }

    /// What a reader of a failure needs: the seed, the place and both sides.
    @Test(arguments: [
        (#""digest":"[0-9a-f]{16}""#, #""digest":"0123456789abcdef""#, "digest"),
        (#""alive":true"#, #""alive":false"#, "alive"), (#""stamp":-?[0-9]+"#, #""stamp":42"#, "versions"),
        (#""unknown":[0-9]+"#, #""unknown":99"#, "unknown"),
    ])
    func `a history that says something else is reported`(
        pattern: String, replacement: String, place: String
    ) async throws {
        let history = String(decoding: try await histories(count: 1, seed: 11), as: UTF8.self)
        let range = try #require(history.range(of: pattern, options: .regularExpression))
        let outcome = try await script(
            "conformance/check_histories.py", ["-"],
            input: Data(history.replacingCharacters(in: range, with: replacement).utf8))
        #expect(outcome.status == 1)
        for word in ["seed 11:", place, "engine:", "model:"] {
            #expect(outcome.errorText.contains(word), "\(outcome.errorText)")
        }
    }

    @Test func `nothing to check is a failure`() async throws {
        #expect(try await script("conformance/check_histories.py", ["-"], input: Data()).status == 1)
    }

    @Test func `the golden vectors are what the specification gives`() async throws {
        let outcome = try await script("vectors/generate.py", ["--check"])
        #expect(outcome.status == 0, "\(outcome.errorText)")
    }

    /// The model refuses what it must, so that its agreement with the engine means something.
    @Test func `the model reads the golden vectors and nothing else`() async throws {
        let outcome = try await script("conformance/check_vectors.py", [])
        #expect(outcome.status == 0, "\(outcome.errorText)")
    }
}
