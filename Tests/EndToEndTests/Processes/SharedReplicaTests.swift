import CanvassCoding
import Foundation
import Synchronization
import TestSupport
import Testing

/// Many processes on one replica file.
struct SharedReplicaTests {
    /// What was acknowledged, kept outside of all processes.
    private final class Ledger: Sendable {
        private let entries = Mutex<(ids: Set<String>, complaints: [String])>(([], []))

        func add(_ ids: [String]) { entries.withLock { $0.ids.formUnion(ids) } }
        func complain(_ text: String) { entries.withLock { $0.complaints.append(text) } }
        var ids: Set<String> { entries.withLock { $0.ids } }
        var complaints: [String] { entries.withLock { $0.complaints } }
    }

    @Test func `sixteen processes write, read, sync and are killed, and lose nothing`() async throws {
        let team = try await FieldTeam(collectors: ["ana"])
        let ledger = Ledger()
        let rounds = 6
        let commands: [[String]] = [
            ["collect", "field", "--answers", "answers.json"], ["sync"], ["response", "import", "field", "rows.csv"],
            ["collect", "field", "--answers", "answers.json"], ["response", "list", "field"], ["status"],
            ["backup", "ana-backup.canvass", "--replace"], ["query", "SELECT count(*) FROM changes"], ["doctor"],
            ["report", "field"],
        ]
        try team.organisation.folder.write(#"[{"score": 9}, {"score": 10}]"#, to: "answers.json")
        try team.writeTable("rows.csv", rows: 0..<200)
        let seed = SplitMix64.forTest("sixteen processes").seed
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<16 {
                group.addTask {
                    var chance = SplitMix64(seed: seed &+ UInt64(worker))
                    for _ in 0..<rounds {
                        let command = commands[Int.random(in: 0..<commands.count, using: &chance)]
                        let process = try RunningProcess(
                            "canvass", ["--replica", team.organisation.path(of: "ana")] + command,
                            workingFolder: team.organisation.folder.url)
                        let isDoomed = Int.random(in: 0..<5, using: &chance) == 0
                        if isDoomed {
                            try await Task.sleep(for: .milliseconds(Int.random(in: 0..<300, using: &chance)))
                            process.send(signal: SIGKILL)
                        }
                        let outcome = try await process.outcome(within: .seconds(120))
                        let status = outcome.status
                        ledger.add(recorded(in: outcome))
                        if status != 0, !(isDoomed && status == 137) {
                            ledger.complain("\(command): \(status) \(outcome.outputText) \(outcome.errorText)")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(ledger.complaints.isEmpty, "\(ledger.complaints.joined(separator: "\n"))")
        try await team.organisation.json("ana", "response", "import", "field", "rows.csv")
        try await team.organisation.json("ana", "sync")
        try await team.organisation.json(
            "ana", "backup", team.organisation.path(of: "ana-backup"), "--replace")
        let held = try await team.responses(of: "ana")
        #expect(ledger.ids.isSubset(of: held) && ledger.ids.count > 16)
        #expect(Set(held).count == held.count)
        for person in ["ana", "ana-backup"] { #expect(try await team.findings(on: person).isEmpty) }
        let imported = try await team.organisation.json(
            "ana", "query", "SELECT count(*) AS n FROM responses_field WHERE reason LIKE 'row %'")
        #expect(imported.listValue?.first?["n"]?.integerValue == 200, "\(imported)")
        try await team.organisation.json("rita", "sync")
        #expect(try await Set(team.responses(of: "rita")) == Set(held))
    }

    @Test func `two syncs at once on one file both end well, and send once`() async throws {
        let team = try await FieldTeam(collectors: ["ana"])
        try team.writeTable("rows.csv", rows: 0..<400)
        try await team.organisation.json("ana", "response", "import", "field", "rows.csv")
        try await withThrowingTaskGroup(of: BinaryRunner.Outcome.self) { group in
            for _ in 0..<4 { group.addTask { try await team.organisation.run("ana", ["sync"]) } }
            for try await outcome in group { #expect(outcome.status == 0, "\(outcome.errorText)") }
        }
        #expect(try await team.unsent(of: "ana") == 0)
        try await team.organisation.json("rita", "sync")
        let arrived = try await team.responses(of: "rita")
        #expect(arrived.count == 400 && Set(arrived).count == 400)
    }

    @Test func `who waits for a suspended process is told, and Ctrl-C ends the wait`() async throws {
        let team = try await FieldTeam(collectors: ["ana"])
        let organisation = team.organisation
        try organisation.folder.write("score\n9\n", to: "one.csv")
        // Holds the lock as a process does that was suspended while it wrote.
        let holder = try RunningProcess(
            #require(Executables.find("flock")),
            ["-F", organisation.path(of: "ana") + "-lock", "sh", "-c", "echo held; kill -STOP $$"])
        _ = try await holder.line { $0 == "held" }
        for json in [false, true] {
            let waiting = try RunningProcess(
                "canvass",
                ["--replica", organisation.path(of: "ana"), "response", "import", "field", "one.csv"]
                    + (json ? ["--json"] : []), workingFolder: organisation.folder.url)
            let notice = try await waiting.line { $0.contains("waiting for it") }
            #expect(notice.contains("process \(holder.identifier)") && notice.contains("suspended"), "\(notice)")
            #expect(notice.hasPrefix("{") == json)
            waiting.send(signal: SIGINT)
            #expect(try await waiting.exit(within: .seconds(5)) == 1)
            let words = String(decoding: waiting.errors, as: UTF8.self)
            #expect(words.contains("stopped on request") && !words.contains("SQLite"), "\(words)")
        }
        // Reading needs no lock.
        #expect(try await team.responses(of: "ana").isEmpty)
        holder.send(signal: SIGKILL)
        try await holder.exit()
        #expect(
            try await organisation.json("ana", "response", "import", "field", "one.csv")["added"]?.integerValue == 1)
    }

    @Test func `Ctrl-C leaves a whole batch or nothing`() async throws {
        let team = try await FieldTeam(collectors: ["ana"])
        let organisation = team.organisation
        try team.writeTable("rows.csv", rows: 0..<3_000)
        let empty = try team.copy("ana.canvass")
        var interrupted = 0
        for delay in stride(from: 40, to: 600, by: 70) {
            try empty.restore()
            let process = try RunningProcess(
                "canvass", ["--replica", organisation.path(of: "ana"), "response", "import", "field", "rows.csv"],
                workingFolder: organisation.folder.url)
            try await Task.sleep(for: .milliseconds(delay))
            process.send(signal: SIGINT)
            let status = try await process.exit()
            #expect([0, 1, 130].contains(status))
            interrupted += status == 0 ? 0 : 1
            let held = try await team.responses(of: "ana").count
            #expect(held % 500 == 0, "\(held) after \(delay) ms")
            let again = try await organisation.json("ana", "response", "import", "field", "rows.csv")
            #expect(again["added"]?.integerValue == Int64(3_000 - held))
        }
        #expect(interrupted > 0)
        // The same for what sends and fetches.
        for delay in stride(from: 20, to: 300, by: 60) {
            let process = try RunningProcess("canvass", ["--replica", organisation.path(of: "ana"), "sync"])
            try await Task.sleep(for: .milliseconds(delay))
            process.send(signal: SIGINT)
            try await process.exit()
            #expect(try await team.findings(on: "ana").isEmpty)
        }
        try await organisation.json("ana", "sync")
        try await organisation.json("rita", "sync")
        #expect(try await team.responses(of: "rita").count == 3_000)
    }
}
