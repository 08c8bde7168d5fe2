import CanvassCoding
import Foundation
import TestSupport
import Testing

/// The relay's folder is deleted while everybody works, and a fresh relay takes its place.
@Suite struct LostRelayTests {
    private static let collectors = ["ana", "ben", "cleo"]
    private static let rows = 5

    /// Has somebody record and sync, again and again.
    ///
    /// - Returns: how many of the syncs went well.
    private func work(_ person: String, _ team: FieldTeam, rounds: Range<Int>) async throws -> Int {
        var syncs = 0
        for round in rounds {
            let name = "\(person)-\(round).csv"
            // Rows of one file have the same ids wherever it is imported.
            let own = LostRelayTests.collectors.firstIndex(of: person) ?? 0
            let first = (own * 100 + round) * LostRelayTests.rows
            try team.writeTable(name, rows: first..<(first + LostRelayTests.rows))
            try await team.organisation.json(person, "response", "import", "field", name)
            if try await team.organisation.run(person, ["sync"]).status == 0 { syncs += 1 }
        }
        return syncs
    }

    private func workTogether(_ team: FieldTeam, rounds: Range<Int>, meanwhile: () async throws -> Void) async throws
        -> Int
    {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for person in LostRelayTests.collectors {
                group.addTask { try await work(person, team, rounds: rounds) }
            }
            try await meanwhile()
            return try await group.reduce(0, +)
        }
    }

    @Test func `a relay whose folder is deleted under load comes back with everything`() async throws {
        let team = try await FieldTeam(collectors: LostRelayTests.collectors)
        let organisation = team.organisation
        for person in LostRelayTests.collectors + ["rita", "dana"] { try await organisation.json(person, "sync") }
        #expect(try await workTogether(team, rounds: 0..<2) {} == 6)
        try await organisation.json("rita", "sync")
        let before = try await workTogether(team, rounds: 2..<6) {
            try await Task.sleep(for: .milliseconds(700))
            try FileManager.default.removeItem(atPath: organisation.folder.path("relay"))
        }
        #expect(before < 12, "nobody is told that what has no place is safe")
        try await organisation.killRelay()
        try organisation.folder.write(organisation.recoverySheet, to: "sheet.txt")
        try await organisation.startRelay("--recover", organisation.folder.path("sheet.txt"))
        // An admin first, who brings the roster; then whoever comes.
        for person in ["dana"] + LostRelayTests.collectors + ["rita"] + LostRelayTests.collectors {
            try await organisation.json(person, "sync")
        }
        let expected = LostRelayTests.collectors.count * 6 * LostRelayTests.rows
        let responses = try await team.responses(of: "rita")
        #expect(responses.count == expected && Set(responses).count == expected)
        for person in LostRelayTests.collectors {
            #expect(try await team.unsent(of: person) == 0)
            #expect(try await team.findings(on: person) == "")
        }
        // A copy of what is not sound fails.
        _ = try await organisation.relayCommand(["backup", organisation.folder.path("backup.sqlite")])
    }
}
