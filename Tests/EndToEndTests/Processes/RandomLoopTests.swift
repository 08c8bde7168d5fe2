import CanvassCoding
import Foundation
import TestSupport
import Testing

/// Collectors who record, import and sync while they, and the relay, are killed at random and started again.
///
/// `CANVASS_LOOP_SECONDS` says for how long; 8 without it. A seed chooses the commands and the delays; what a delay hits
/// is up to the machine.
struct RandomLoopTests {
    private static let seconds =
        ProcessInfo.processInfo.environment["CANVASS_LOOP_SECONDS"].flatMap { Int($0) } ?? 8

    /// What one collector was told is safe.
    private struct Ledger: Sendable {
        var recorded: Set<String> = []
        /// Tables whose import was acknowledged, and those of which nobody knows.
        var imported: [String: Int] = [:]
        var begun: [String: Int] = [:]
        var kills = 0
        var runs = 0
    }

    @Test func `whatever is killed, all that was acknowledged arrives, once`() async throws {
        let people = ["ana", "bob", "eve"]
        let team = try await FieldTeam(collectors: people)
        let chance = SplitMix64.forTest("random loop")
        let end = ContinuousClock.now + .seconds(Self.seconds)
        let relayKills = Task { try await restartRelay(of: team, until: end, seed: chance.seed &+ 99) }
        let ledgers = try await withThrowingTaskGroup(of: (String, Ledger).self) { group in
            for (index, person) in people.enumerated() {
                group.addTask {
                    (person, try await work(as: person, in: team, until: end, seed: chance.seed &+ UInt64(index)))
                }
            }
            return try await group.reduce(into: [String: Ledger]()) { $0[$1.0] = $1.1 }
        }
        let restarts = try await relayKills.value
        let runs = ledgers.values.reduce(0) { $0 + $1.runs }
        let kills = ledgers.values.reduce(0) { $0 + $1.kills }
        print("\(runs) commands, \(kills) of them killed; relay killed \(restarts) times")
        #expect(kills > 0 && restarts > 0)
        try await expectEverything(ledgers, in: team)
    }

    /// Kills the relay again and again; it runs when this returns.
    private func restartRelay(of team: FieldTeam, until end: ContinuousClock.Instant, seed: UInt64) async throws -> Int
    {
        var chance = SplitMix64(seed: seed)
        var restarts = 0
        while ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(Int.random(in: 100..<900, using: &chance)))
            try await team.organisation.killRelay()
            restarts += 1
            try await Task.sleep(for: .milliseconds(Int.random(in: 0..<200, using: &chance)))
            try await team.organisation.startRelay()
        }
        return restarts
    }

    private func work(
        as person: String, in team: FieldTeam, until end: ContinuousClock.Instant, seed: UInt64
    ) async throws -> Ledger {
        var chance = SplitMix64(seed: seed)
        var ledger = Ledger()
        let organisation = team.organisation
        try organisation.folder.write(#"[{"score": 9}, {"score": 3, "reason": "slow"}]"#, to: "answers.json")
        while ContinuousClock.now < end {
            ledger.runs += 1
            let table = "\(person)-\(ledger.begun.count).csv"
            var command = ["sync"]
            switch Int.random(in: 0..<5, using: &chance) {
            case 0, 1: command = ["collect", "field", "--answers", "answers.json"]
            case 2:
                let first = Int.random(in: 0..<1_000_000, using: &chance) * 1_000
                let count = Int.random(in: 1..<60, using: &chance)
                try team.writeTable(table, rows: first..<first + count)
                ledger.begun[table] = count
                command = ["response", "import", "field", table]
            default: break
            }
            let process = try RunningProcess(
                "canvass", ["--replica", organisation.path(of: person)] + command,
                workingFolder: organisation.folder.url)
            if Int.random(in: 0..<3, using: &chance) == 0 {
                try await Task.sleep(for: .milliseconds(Int.random(in: 0..<200, using: &chance)))
                process.send(signal: SIGKILL)
            }
            let outcome = try await process.outcome(within: .seconds(120))
            let status = outcome.status
            ledger.kills += status == 137 ? 1 : 0
            ledger.recorded.formUnion(recorded(in: outcome))
            if command[0] == "response", outcome.status == 0 { ledger.imported[table] = ledger.begun[table] }
            // A sync may find nobody there; nothing else may fail.
            let isExcused = status == 137 || (command == ["sync"] && outcome.errorText.contains("relay"))
            #expect(status == 0 || isExcused, "\(command): \(outcome.outputText)\(outcome.errorText)")
        }
        return ledger
    }

    private func expectEverything(_ ledgers: [String: Ledger], in team: FieldTeam) async throws {
        let organisation = team.organisation
        for (person, ledger) in ledgers {
            #expect(try await team.findings(on: person).isEmpty)
            for (table, count) in ledger.begun {
                let again = try await organisation.json(person, "response", "import", "field", table)
                // What was acknowledged is there: its import adds nothing.
                if ledger.imported[table] != nil { #expect(again["added"]?.integerValue == 0, "\(table)") }
                #expect(again["rows"]?.integerValue == Int64(count))
            }
            try await organisation.json(person, "sync")
            #expect(try await team.unsent(of: person) == 0)
        }
        try await organisation.json("rita", "sync")
        try await team.join("late", role: "reviewer")
        var held: [String] = []
        for person in ledgers.keys { held += try await team.responses(of: person) }
        for person in ["rita", "late"] {
            let seen = try await team.responses(of: person)
            #expect(Set(seen).count == seen.count && Set(seen) == Set(held))
            for ledger in ledgers.values { #expect(ledger.recorded.isSubset(of: seen)) }
            #expect(try await team.findings(on: person).isEmpty)
        }
        let rows = ledgers.values.reduce(0) { $0 + $1.begun.values.reduce(0, +) }
        let imported = try await organisation.json(
            "late", "query", "SELECT count(*) AS n FROM responses_field WHERE reason LIKE 'row %'")
        #expect(imported.listValue?.first?["n"]?.integerValue == Int64(rows))
        #expect(try await organisation.digests(of: "rita") == organisation.digests(of: "late"))
        #expect(try await organisation.json("rita", "status")["forked"]?.listValue == [])
    }
}
