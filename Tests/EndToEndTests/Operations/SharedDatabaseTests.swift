#if Postgres
    import CanvassCoding
    import Foundation
    import TestSupport
    import Testing

    /// Two relays on one database: real programs, and a real PostgreSQL.
    @Suite(.enabled(if: PostgresServer.isInstalled, "PostgreSQL is not installed")) struct SharedDatabaseTests {
        private static let rounds = 8
        private static let rows = 5

        /// Each syncs through the relay of the link that he joined by: ana by the first, ben and rita by the second.
        private func team(_ organisation: Organisation) async throws -> (team: FieldTeam, second: RunningProcess) {
            try await organisation.startRelay()
            try await organisation.openCampaign(by: "dana")
            try await organisation.join("ana", role: "collector")
            let (second, address) = try await organisation.startAnotherRelay()
            for (name, role) in [("ben", "collector"), ("rita", "reviewer")] {
                let link = try await organisation.invite(
                    "--campaign", "visits", "--role", role, "--name", name, "--public-url", address)
                try await organisation.json(name, "join", link)
            }
            return (FieldTeam(organisation), second)
        }

        private func organisation() throws -> (Organisation, PostgresServer) {
            let server = try PostgresServer.shared()
            let database = "shared_\(UUID().uuidString.prefix(8).lowercased())"
            try server.query("CREATE DATABASE \(database)")
            return (try Organisation(keptIn: ["--database", server.address(of: database)]), server)
        }

        /// Has somebody record and sync, again and again.
        ///
        /// - Returns: how many of the syncs went well.
        private func work(_ person: String, first: Int, in team: FieldTeam) async throws -> Int {
            var syncs = 0
            for round in 0..<Self.rounds {
                let name = "\(person)-\(round).csv"
                let row = first + round * Self.rows
                try team.writeTable(name, rows: row..<(row + Self.rows))
                try await team.organisation.json(person, "response", "import", "field", name)
                if try await team.organisation.run(person, ["sync"]).status == 0 { syncs += 1 }
            }
            return syncs
        }

        private func workTogether(_ team: FieldTeam, meanwhile: () async throws -> Void) async throws -> Int {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for (index, person) in ["ana", "ben"].enumerated() {
                    group.addTask { try await work(person, first: index * 1000, in: team) }
                }
                try await meanwhile()
                return try await group.reduce(0, +)
            }
        }

        private func expectEverything(_ team: FieldTeam) async throws {
            let organisation = team.organisation
            for person in ["ana", "ben", "rita", "ana", "ben"] { try await organisation.json(person, "sync") }
            let responses = try await team.responses(of: "rita")
            #expect(responses.count == 2 * Self.rounds * Self.rows && Set(responses).count == responses.count)
            for person in ["ana", "ben"] {
                #expect(try await team.unsent(of: person) == 0)
                #expect(try await team.findings(on: person) == "")
            }
            // Read from end to end: it fails where anything is unsound.
            _ = try await organisation.relayCommand(["backup", organisation.folder.path("backup.sqlite")])
        }

        @Test func `a relay that is killed in the middle of pushes loses nothing, and the other goes on`() async throws
        {
            let (organisation, _) = try organisation()
            let (team, second) = try await team(organisation)
            _ = try await workTogether(team) {
                for _ in 0..<3 {
                    try await Task.sleep(for: .milliseconds(400))
                    try await organisation.killRelay()
                    try await Task.sleep(for: .milliseconds(200))
                    try await organisation.startRelay()
                }
            }
            try await expectEverything(team)
            second.send(signal: SIGTERM)
            #expect(try await second.exit(within: .seconds(20)) == 0)
        }

        @Test func `a database server that crashes is found again by both`() async throws {
            let (organisation, server) = try organisation()
            let (team, second) = try await team(organisation)
            let syncs = try await workTogether(team) {
                try await Task.sleep(for: .milliseconds(400))
                try server.crash()
            }
            #expect(syncs > 0)
            try await expectEverything(team)
            withExtendedLifetime(second) {}
        }

        @Test func `who watches by one relay sees within a second what came by the other`() async throws {
            let (organisation, _) = try organisation()
            let (_, second) = try await team(organisation)
            try await organisation.json("rita", "sync")
            let watch = try RunningProcess(
                "canvass", ["sync", "--watch", "--json", "--replica", organisation.path(of: "rita")])
            _ = try await watch.line(within: .seconds(60)) { $0.contains("\"rounds\"") }
            let collected = try await organisation.run(
                "ana", ["collect", "field", "--answers", "-"], input: Data(#"{"score": 9}"#.utf8))
            #expect(collected.status == 0, "\(collected.errorText)")
            try await organisation.json("ana", "sync")
            let start = ContinuousClock.now
            _ = try await watch.line(within: .seconds(20)) { $0.contains("\"received\":1") }
            // The machine of the test may be busy; alone it takes some 50 ms.
            #expect(ContinuousClock.now - start < .seconds(5))
            withExtendedLifetime(second) {}
        }

        /// Every row of every table of a backup, but those of `meta`, which tell of the backup itself.
        private func rows(of backup: String) async throws -> [String] {
            guard let program = Executables.find("sqlite3") else { return [] }
            let dump = try await BinaryRunner.run(program, [backup, ".dump --data-only"])
            #expect(dump.status == 0 && dump.outputText.contains("INSERT INTO segment"))
            return dump.outputText.split(separator: "\n").map(String.init).filter { !$0.contains("INTO meta") }.sorted()
        }

        @Test func `a backup of a file goes on in a database, and back`() async throws {
            let files = try Organisation()
            try await files.startRelay()
            try await files.openCampaign(by: "dana")
            try await files.stopRelay()
            let (first, second) = (files.folder.path("first.sqlite"), files.folder.path("second.sqlite"))
            _ = try await files.relayCommand(["backup", first])
            let (databases, _) = try organisation()
            _ = try await databases.relayCommand(["restore", first])
            let again = try await BinaryRunner.run(
                "canvass-relay", ["restore", first] + databases.place + ["--json"])
            #expect(again.status == 1 && again.errorText.contains("there is a relay in it"))
            _ = try await databases.relayCommand(["backup", second])
            #expect(try await rows(of: second) == rows(of: first))
            _ = try await files.relayCommand(["restore", second, "--replace"])
            try await files.startRelay()
            try await files.json("dana", "sync")
            let kept = try await files.json("dana", "status")
            #expect(kept["unsynced"]?.integerValue == 0)
        }
    }
#endif
