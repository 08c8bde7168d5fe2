#if Postgres
    import CanvassRelay
    import CanvassRelayPostgres
    import Foundation
    import TestSupport

    /// A database on a real server.
    struct PostgresStore: TestStore {
        private let server: PostgresServer
        private let database = "test_\(UUID().uuidString.replacing("-", with: "").lowercased())"

        init() throws {
            server = try PostgresServer.shared()
            try server.query("CREATE DATABASE \(database)")
        }

        private func log() throws -> PostgresLog { try PostgresLog(PostgresAddress(server.address(of: database))) }

        func open(recovering sheet: RecoverySheet?, environment: RelayEnvironment) throws -> Relay {
            try Relay(try log(), recovering: sheet, environment: environment)
        }

        func copy(as name: String) throws {
            try server.query("CREATE DATABASE \(database)_\(name) TEMPLATE \(database)")
        }

        func putBack(_ name: String) throws {
            try server.query("DROP DATABASE \(database) WITH (FORCE)")
            try server.query("CREATE DATABASE \(database) TEMPLATE \(database)_\(name)")
        }

        func empty() throws {
            try server.query("DROP DATABASE \(database) WITH (FORCE)")
            try server.query("CREATE DATABASE \(database)")
        }

        func restore(_ backup: String) throws {
            try empty()
            _ = try Relay.restore(backup, to: log())
        }

        /// A database that somebody is connected to is no template.
        func settle() {
            _ = try? server.query(
                "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = '\(database)'")
        }

        func holds(_ bytes: [UInt8]) throws -> Bool {
            let hex = bytes.map { String(format: "%02x", $0) }.joined()
            let found = try server.query(
                """
                SELECT (SELECT count(*) FROM segment WHERE position('\\x\(hex)'::bytea IN bytes) > 0)
                    + (SELECT count(*) FROM quarantine WHERE position('\\x\(hex)'::bytea IN body) > 0)
                """, in: database)
            return found != "0"
        }
    }
#endif
