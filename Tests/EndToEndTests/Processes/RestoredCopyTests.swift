import CanvassCoding
import Foundation
import TestSupport
import Testing

/// Old copies put back in place of what was lost: of a replica, and of a relay. Real programs and files.
struct RestoredCopyTests {
    private func collect(_ scores: [Int], as person: String, in team: FieldTeam) async throws -> [String] {
        let answers = "[" + scores.map { "{\"score\": \($0)}" }.joined(separator: ",") + "]"
        let outcome = try await team.organisation.run(
            person, ["collect", "field", "--answers", "-"], input: Data(answers.utf8))
        #expect(outcome.status == 0, "\(outcome.errorText)")
        return recorded(in: outcome)
    }

    private func forks(of person: String, in team: FieldTeam) async throws -> [Value] {
        try #require(try await team.organisation.json(person, "status")["forked"]?.listValue)
    }

    @Test func `a device restored from a backup gets its own later changes back, and goes on`() async throws {
        let team = try await FieldTeam(collectors: ["ana"])
        let organisation = team.organisation
        var ledger = try await collect([1, 2], as: "ana", in: team)
        try await organisation.json("ana", "sync")
        try await organisation.json("ana", "backup", "ana-backup")
        ledger += try await collect([3, 4, 5], as: "ana", in: team)
        try await organisation.json("ana", "sync")
        // The device is lost; the backup takes its place.
        for suffix in ["", "-wal", "-shm", "-lock"] {
            try FileManager.default.removeItem(atPath: organisation.path(of: "ana") + suffix)
        }
        try FileManager.default.copyItem(
            atPath: organisation.folder.path("ana-backup"), toPath: organisation.path(of: "ana"))
        #expect(try await team.responses(of: "ana").count == 2)
        #expect(try await organisation.json("ana", "sync")["received"]?.integerValue == 3)
        #expect(try await Set(team.responses(of: "ana")) == Set(ledger))
        // What comes next follows on what came back: nobody sees two.
        ledger += try await collect([6], as: "ana", in: team)
        try await organisation.json("ana", "sync")
        try await organisation.json("rita", "sync")
        for person in ["ana", "rita"] {
            #expect(try await forks(of: person, in: team).isEmpty)
            #expect(try await Set(team.responses(of: person)) == Set(ledger))
            #expect(try await team.findings(on: person).isEmpty)
        }
    }

    @Test func `a restored device that writes before it syncs keeps both, and says so`() async throws {
        let team = try await FieldTeam(collectors: ["ana"])
        let organisation = team.organisation
        var ledger = try await collect([1, 2], as: "ana", in: team)
        try await organisation.json("ana", "sync")
        let backup = try team.copy("ana.canvass")
        ledger += try await collect([3, 4, 5], as: "ana", in: team)
        try await organisation.json("ana", "sync")
        try backup.restore()
        ledger += try await collect([6, 7], as: "ana", in: team)
        let outcome = try await organisation.run("ana", ["sync"])
        #expect(outcome.status == 0 && outcome.outputText.contains("was copied"), "\(outcome.outputText)")
        ledger += try await collect([8], as: "ana", in: team)
        try await organisation.json("ana", "sync")
        try await organisation.json("rita", "sync")
        for person in ["ana", "rita"] {
            let held = try await team.responses(of: person)
            #expect(Set(held) == Set(ledger) && held.count == ledger.count)
            #expect(try await forks(of: person, in: team).count == 1)
            #expect(try await organisation.json(person, "status")["conflicts"]?.integerValue == 0)
            #expect(try await team.findings(on: person).isEmpty)
        }
        #expect(try await team.unsent(of: "ana") == 0)
        let words = try await organisation.run("ana", ["status"]).outputText
        #expect(
            words.contains("was copied") && words.contains("between 2") && words.contains("both went on"), "\(words)")
    }

    @Test func `two copies of a replica go on, each by the relay`() async throws {
        let team = try await FieldTeam(collectors: ["ana"])
        let organisation = team.organisation
        var ledger = try await collect([1], as: "ana", in: team)
        try await organisation.json("ana", "sync")
        try FileManager.default.copyItem(atPath: organisation.path(of: "ana"), toPath: organisation.path(of: "twin"))
        for round in 0..<4 {
            for person in ["ana", "twin"] {
                ledger += try await collect(
                    Array(repeating: round, count: person == "ana" ? 2 : 1), as: person, in: team)
                if round % 2 == 0 { try await organisation.json(person, "sync") }
            }
        }
        for person in ["ana", "twin", "ana", "rita"] { try await organisation.json(person, "sync") }
        for person in ["ana", "twin", "rita"] {
            let held = try await team.responses(of: person)
            #expect(Set(held) == Set(ledger) && held.count == ledger.count)
            #expect(try await forks(of: person, in: team).count == 1)
            #expect(try await team.findings(on: person).isEmpty)
        }
        #expect(try await organisation.digests(of: "ana") == organisation.digests(of: "twin"))
    }

    @Test func `a relay put back from an older copy gets every own change again`() async throws {
        let team = try await FieldTeam(collectors: ["ana", "bob"])
        let organisation = team.organisation
        var ledgers = [
            "ana": try await collect([1], as: "ana", in: team), "bob": try await collect([2], as: "bob", in: team),
        ]
        for person in ["ana", "bob"] { try await organisation.json(person, "sync") }
        try await organisation.stopRelay()
        let backup = try team.copy("relay")
        try await organisation.startRelay()
        for person in ["ana", "bob"] {
            ledgers[person, default: []] += try await collect([3, 4, 5], as: person, in: team)
            try await organisation.json(person, "sync")
        }
        try await organisation.json("rita", "sync")
        try await organisation.killRelay()
        try backup.restore()
        try await organisation.startRelay()
        // Bob had something new as well, Ana only comes by.
        ledgers["bob", default: []] += try await collect([6], as: "bob", in: team)
        for person in ["ana", "bob", "rita", "dana"] {
            let outcome = try await organisation.json(person, "sync")
            #expect(outcome["refused"]?.listValue == [] && outcome["divergent"]?.listValue == [])
        }
        for person in ["ana", "bob"] {
            #expect(try await team.unsent(of: person) == 0)
            #expect(try await Set(team.responses(of: person)) == Set(ledgers[person] ?? []))
        }
        try await team.join("late", role: "reviewer")
        try await organisation.json("rita", "sync")
        for person in ["rita", "late"] {
            let held = try await team.responses(of: person)
            #expect(Set(held) == Set(ledgers.values.joined()) && held.count == 9)
            #expect(try await forks(of: person, in: team).isEmpty)
        }
        #expect(try await organisation.digests(of: "rita") == organisation.digests(of: "late"))
    }
}
