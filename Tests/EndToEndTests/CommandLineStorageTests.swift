import CanvassCoding
import Foundation
import TestSupport
import Testing

/// Disks that are full, and files, folders and media that are write-protected.
@Suite(.enabled(if: Medium.canMount, "mounting a file system needs a right that this user has not"))
struct CommandLineStorageTests {
    /// Commands that only read, each under a name.
    private static let readers = """
        try status status
        try report report visit
        try query query 'SELECT count(*) FROM changes'
        try list response list visit
        try surveys survey list
        try survey survey show visit
        try campaigns campaign list
        try conflicts conflicts list
        try doctor doctor

        """

    private static let readerNames = [
        "status", "report", "query", "list", "surveys", "survey", "campaigns", "conflicts", "doctor",
    ]

    private static let writerNames = ["campaign", "settle", "edit"]

    /// Somebody, with commands that write.
    struct Writer: Sendable, CustomTestStringConvertible {
        let person: String
        /// Sets what the commands need.
        let names: String
        let commands: [String: String]

        var testDescription: String { person }

        func script(_ prefix: String) -> String {
            commands.sorted { $0.key < $1.key }.map { "try \(prefix)-\($0.key) \($0.value)\n" }.joined()
        }
    }

    static let writers = [
        Writer(
            person: "analyst",
            names: """
                try ids response list visit --json
                R=$(grep -o '"id": *"[0-9A-Z]*"' "$A/ids.out" | head -n 1 | cut -d '"' -f 4)
                try open conflicts list --json
                C=$(grep -o '"id": *"[^"]*"' "$A/open.out" | head -n 1 | cut -d '"' -f 4)
                test -n "$R" && test -n "$C" || exit 98

                """,
            commands: [
                "settle": "conflicts settle \"$C\" --take 2", "edit": "response edit \"$R\" --set comment=checked",
            ]),
        Writer(
            person: "collector-a",
            names: """
                echo '{"recommend": 9}' > "$A/answers.json"
                printf 'recommend,comment\n3,first\n4,second\n' > "$A/table.csv"

                """,
            commands: [
                "collect": "collect visit --answers \"$A/answers.json\"",
                "import": "response import visit \"$A/table.csv\"",
            ]),
    ]

    private func expectRefusals(_ answers: [String: Medium.Answer], _ prefix: String, naming word: String? = nil) throws
    {
        let refusals = answers.filter { $0.key.hasPrefix(prefix + "-") }
        #expect(!refusals.isEmpty)
        for (name, answer) in refusals {
            #expect(answer.status == 1, "\(name): \(answer.output)\(answer.errors)")
            #expect(answer.errors.contains("Try: "), "\(name): \(answer.errors)")
            #expect(answer.errors.split(separator: "\n").count <= 4, "\(name): \(answer.errors)")
            if let word { #expect(answer.errors.contains(word), "\(name): \(answer.errors)") }
        }
    }

    private func expectSuccess(_ answers: [String: Medium.Answer], _ names: [String]) throws {
        for name in names {
            let answer = try #require(answers[name], "\(name)")
            #expect(answer.status == 0, "\(name): \(answer.output)\(answer.errors)")
        }
    }

    @Test(arguments: writers)
    func `a full disk refuses each write with one clear error, and nothing is half done`(writer: Writer) async throws {
        let medium = try await Medium(holdingReplicaOf: writer.person)
        let answers = try await medium.run(
            writer.names + "try before status --json\nfill\n" + writer.script("full")
                + "try full-backup backup \"$M/copy.canvass\"\ntry full-init init --replica \"$M/new.canvass\"\n"
                + Self.readers + "try after status --json\nrm \"$M/filler\"\ntry same status --json\n"
                + writer.script("room") + "try end doctor\n")
        try expectRefusals(answers, "full", naming: "full")
        try expectSuccess(answers, Self.readerNames + writer.commands.keys.map { "room-\($0)" } + ["end"])
        #expect(answers["before"]?.output == answers["after"]?.output)
        #expect(answers["before"]?.output == answers["same"]?.output)
    }

    @Test(arguments: writers, [false, true])
    func `a write-protected medium can be read, and refuses each write`(
        writer: Writer, isFileAlone: Bool
    ) async throws {
        let medium = try await Medium(holdingReplicaOf: writer.person)
        let answers = try await medium.run(
            writer.names + (isFileAlone ? "rm -f \"$M/field.canvass\"-*\n" : "") + "mount -o remount,ro \"$M\"\n"
                + Self.readers + writer.script("protected") + "try protected-sync sync\n"
                + "mount -o remount,rw \"$M\"\n" + writer.script("room") + "try end doctor\n")
        try expectSuccess(answers, Self.readerNames + writer.commands.keys.map { "room-\($0)" } + ["end"])
        #expect(answers["status"]?.output.contains("write-protected") == true)
        try expectRefusals(answers, "protected", naming: "write-protected")
    }

    @Test(arguments: writers)
    func `a file that may not grow refuses each write, and works again`(writer: Writer) async throws {
        let medium = try await Medium(holdingReplicaOf: writer.person)
        let limited = writer.script("limited").replacing("try ", with: "limit try ")
        // Room for the index of the log, and for few of the pages that a change needs.
        let answers = try await medium.run(
            "limit() { ( trap '' XFSZ; ulimit -f 65; \"$@\" ) }\n" + writer.names + "try before status --json\n"
                + limited + "try after status --json\n" + writer.script("room") + "try end doctor\n")
        try expectRefusals(answers, "limited")
        try expectSuccess(answers, writer.commands.keys.map { "room-\($0)" } + ["end"])
        #expect(answers["before"]?.output == answers["after"]?.output)
    }
}
