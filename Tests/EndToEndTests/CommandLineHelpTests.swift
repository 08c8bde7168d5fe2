import CanvassCoding
import Foundation
import TestSupport
import Testing

/// What `canvass` says about itself.
struct CommandLineHelpTests {
    private static let commands = [
        "", "demo", "init", "join", "status", "sync", "campaign", "campaign create", "campaign list", "campaign show",
        "survey", "survey import", "survey list", "survey show", "survey publish", "collect", "draft",
        "draft list", "draft start", "draft answer", "draft clear", "draft show", "draft finish", "draft discard",
        "response",
        "response list", "response show", "response edit", "response history", "response blame", "response revert",
        "response import", "conflicts", "conflicts list",
        "conflicts show", "conflicts settle", "report", "query", "doctor", "backup", "bundle", "bundle export",
        "bundle import", "bundle send", "bundle show", "forget", "erase", "erase status",
    ]

    @Test(arguments: commands) func `help fits eighty columns and ends with an example`(command: String) async throws {
        let words = command.split(separator: " ").map(String.init)
        let outcome = try await CommandLine().run(words + ["--help"])
        #expect(outcome.status == 0)
        let lines = outcome.outputText.split(separator: "\n", omittingEmptySubsequences: false)
        // An example is a line to copy, and is never broken.
        let example = try #require(lines.firstIndex { $0.hasPrefix("Example") })
        #expect(lines[..<example].allSatisfy { $0.count <= 80 })
        #expect(lines[(example + 1)...].contains { $0.contains("canvass") })
        #expect(outcome.outputText.contains("Usage: canvass"))
    }

    @Test func `every command of the help is one that these tests know`() async throws {
        let groups = Self.commands.filter { command in
            Self.commands.contains { $0 != command && $0.hasPrefix(command.isEmpty ? "" : command + " ") }
        }
        for group in groups {
            let words = group.split(separator: " ").map(String.init)
            let help = try await CommandLine().run(words + ["--help"]).outputText
            let section = try #require(help.components(separatedBy: "\nCommands:\n").last)
                .components(separatedBy: "\n\n")[0]
            let names = section.split(separator: "\n").filter { !$0.hasPrefix("   ") }.compactMap {
                $0.split(separator: " ").first.map(String.init)
            }
            #expect(!names.isEmpty)
            for name in names { #expect(Self.commands.contains((words + [name]).joined(separator: " "))) }
        }
    }

    @Test func `a group without a command is a usage error, and a slip gets a suggestion`() async throws {
        let line = try CommandLine()
        #expect(try await line.run("survey").status == 2)
        #expect(try await line.run("--version").outputText == "canvass 0.1.0\n")
        let error = try await line.failure("survey", "lst", status: 2)
        #expect(error["remedy"]?.textValue?.contains("Did you mean list?") == true)
        let option = try await line.failure("report", "field", "--wieght", "x", status: 2)
        #expect(option["remedy"]?.textValue?.contains("--weight") == true)
    }

    @Test func `nothing that a pipe gets has colours`() async throws {
        let line = try CommandLine()
        try await line.text("init")
        for arguments in [["status"], ["survey", "list"], ["--help"], ["survey", "show", "nothing"]] {
            let outcome = try await line.run(arguments)
            #expect(!(outcome.output + outcome.errors).contains(0x1B))
        }
    }
}
