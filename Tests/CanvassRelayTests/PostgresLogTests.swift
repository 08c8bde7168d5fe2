#if Postgres
    import CanvassRelay
    import CanvassRelayPostgres
    import Foundation
    import Synchronization
    import TestSupport
    import Testing

    /// What a database server does that a file does not. All else is tested by the other suites, which run on it as well.
    @Suite(.enabled(if: PostgresServer.isInstalled, "PostgreSQL is not installed")) struct PostgresLogTests {
        private let server: PostgresServer
        private let database = "log_\(UUID().uuidString.prefix(8).lowercased())"

        init() throws {
            server = try PostgresServer.shared()
            try server.query("CREATE DATABASE \(database)")
        }

        private var address: PostgresAddress {
            get throws { try PostgresAddress(server.address(of: database)) }
        }

        @Test func `a commit of one tells the others`() throws {
            let (writer, reader) = (try Relay(PostgresLog(address)), try PostgresLog(address))
            let count = Mutex(0)
            reader.listen { count.withLock { $0 += 1 } }
            func wait(for least: Int) -> Bool {
                let end = ContinuousClock.now + .seconds(10)
                while ContinuousClock.now < end {
                    if count.withLock({ $0 }) >= least { return true }
                    Thread.sleep(forTimeInterval: 0.005)
                }
                return false
            }
            // Once as it begins to listen: something may have come before.
            #expect(wait(for: 1))
            try writer.setCampaignQuota(bytes: 5)
            #expect(wait(for: 2))
        }

        @Test func `a second relay finds the first one's identity, and a sheet of another is refused`() throws {
            #expect(throws: RelayFailure.self) { try PostgresLog(address, creating: false) }
            let first = try PostgresLog(address)
            #expect(first.isNew, "nothing was made before")
            let sheet = try Relay(first).recoverySheet
            let second = try PostgresLog(address)
            #expect(!second.isNew)
            #expect(try Relay(second).recoverySheet == sheet)
            let other = try Relay(PostgresStore().open(recovering: nil, environment: .system()).database).recoverySheet
            #expect(throws: RelayFailure.self) { try Relay(PostgresLog(address), recovering: other) }
        }

        @Test func `two that write at once take turns, and none loses what the other wrote`() async throws {
            let logs = [try PostgresLog(address), try PostgresLog(address)]
            let relays = try logs.map { try Relay($0) }
            try relays[0].setPublicURL("http://127.0.0.1:1")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for relay in relays {
                    group.addTask {
                        for index in 0..<20 {
                            _ = try relay.invite(
                                InviteOrder(campaign: nil, roles: ["admin"], team: nil, name: "\(index)", uses: 1))
                        }
                    }
                }
                try await group.waitForAll()
            }
            // Each invite is a change of the relay's own: positions without a gap, one chain.
            let folder = try TemporaryFolder()
            let receipt = try relays[0].backup(to: folder.path("copy.sqlite"))
            #expect(receipt.verification.findings == [])
            #expect(receipt.verification.changeCount >= 40)
        }

        @Test func `a server that went away is found again, and one that stays away is named`() throws {
            let relay = try Relay(PostgresLog(address))
            try server.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(database)'")
            try relay.setCampaignQuota(bytes: 7)
            #expect(try relay.figures().quotaBytes == 7)
            let nowhere = try PostgresAddress("postgresql://nobody:secret@localhost:1/relay?connect_timeout=1")
            let error = #expect(throws: LogDatabaseError.self) { try PostgresLog(nowhere) }
            #expect(error?.kind == .unavailable)
            #expect(error?.description.contains("localhost") == true)
            #expect(error?.description.contains("secret") == false)
            #expect(throws: RelayFailure.self) { try PostgresAddress("nonsense here") }
        }

        @Test func `a transaction whose connection is lost fails, and the next goes well`() throws {
            let log = try PostgresLog(address)
            try log.beginWrite()
            try server.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(database)'")
            #expect(throws: LogDatabaseError.self) { try log.commitWrite() }
            let relay = try Relay(PostgresLog(address))
            try relay.setCampaignQuota(bytes: 9)
            try log.beginWrite()
            try log.commitWrite()
        }

        @Test func `a database of others, or of a newer version, is left as it is`() throws {
            try server.query("CREATE TABLE segment (a integer)", in: database)
            let foreign = #expect(throws: RelayFailure.self) { try PostgresLog(address) }
            #expect(foreign?.what.contains("holds other things") == true)
            #expect(try server.query("SELECT to_regclass('canvass_relay') IS NULL", in: database) == "t")
            try server.query("DROP TABLE segment", in: database)
            _ = try PostgresLog(address)
            try server.query("UPDATE canvass_relay SET version = 99", in: database)
            let newer = #expect(throws: RelayFailure.self) { try PostgresLog(address) }
            #expect(newer?.what.contains("newer version (schema 99") == true)
        }

        @Test func `a name with a NUL does not stop a relay`() throws {
            let relay = try Relay(PostgresLog(address))
            try relay.setPublicURL("http://127.0.0.1:1")
            _ = try relay.invite(InviteOrder(campaign: nil, roles: ["admin"], team: nil, name: "a\u{0}b", uses: 1))
            #expect(try server.query("SELECT name FROM invite", in: database) == "a\u{FFFD}b")
        }
    }
#endif
