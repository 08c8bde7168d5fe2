import CanvassCoding
import Foundation
import TestSupport
import Testing

/// The binary `canvass` on one replica of its own, without any relay.
struct CommandLine: Sendable {
    let folder: TemporaryFolder
    let replica: String

    init() throws {
        folder = try TemporaryFolder()
        replica = folder.path("field.canvass")
    }

    /// On a copy of the replica of somebody in the demonstration, where responses and a conflict are: "analyst",
    /// "collector-a".
    init(demonstrating person: String) async throws {
        try self.init()
        for (name, contents) in try await Self.demonstration.value where name.hasPrefix("\(person).canvass") {
            try contents.write(to: folder.url.appending(path: name.replacing(person, with: "field")))
        }
    }

    /// The files of the demonstration, which is played once for all tests.
    private static let demonstration = Task { () throws -> [String: Data] in
        let folder = try TemporaryFolder()
        let demo = folder.url.appending(path: "demo")
        let outcome = try await BinaryRunner.run("canvass", ["demo", "--json", "--folder", demo.path])
        try #require(outcome.status == 0, "\(outcome.errorText)")
        let names = try FileManager.default.contentsOfDirectory(atPath: demo.path).filter { $0.contains(".canvass") }
        return Dictionary(
            uniqueKeysWithValues: try names.map { ($0, try Data(contentsOf: demo.appending(path: $0))) })
    }

    /// A workbook among the fixtures of the questionnaire reader.
    static func workbook(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "CanvassXLSFormTests/Fixtures/\(name)").path
    }

    func run(_ arguments: String..., input: String? = nil) async throws -> BinaryRunner.Outcome {
        try await run(arguments, input: input)
    }

    func run(_ arguments: [String], input: String? = nil) async throws -> BinaryRunner.Outcome {
        try await BinaryRunner.run(
            "canvass", arguments, environment: ["CANVASS_REPLICA": replica, "LANG": "C.UTF-8"],
            input: input.map { Data($0.utf8) }, workingFolder: folder.url)
    }

    /// Runs a command that has to succeed.
    /// - Returns: what it wrote to standard output.
    @discardableResult
    func text(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        let outcome = try await run(arguments)
        #expect(outcome.status == 0, "\(arguments): \(outcome.errorText)", sourceLocation: sourceLocation)
        return outcome.outputText
    }

    /// Runs a command with `--json`, and reads its document.
    @discardableResult
    func json(
        _ arguments: String..., input: String? = nil, status: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Value {
        let outcome = try await run(arguments + ["--json"], input: input)
        #expect(outcome.status == status, "\(arguments): \(outcome.errorText)", sourceLocation: sourceLocation)
        return try JSON.decode([UInt8](outcome.output))
    }

    /// Runs a command that has to fail, with the error as JSON.
    func failure(
        _ arguments: String..., input: String? = nil, status: Int32 = 1,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Value {
        let outcome = try await run(arguments + ["--json"], input: input)
        #expect(outcome.status == status, "\(arguments): \(outcome.errorText)", sourceLocation: sourceLocation)
        let last = try #require(outcome.errorText.split(separator: "\n").last)
        return try #require(try JSON.decode(String(last))["error"])
    }
}
