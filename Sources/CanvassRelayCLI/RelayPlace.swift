import CanvassCommandLine
import CanvassRelay

#if Postgres
    import CanvassRelayPostgres
#endif

/// Where a relay keeps all that it has: a folder, or a database on a server, which several relays may share.
enum RelayPlace {
    case folder(RelayDirectory)
    /// The address of the database.
    case database(String)

    private static let data = Option(
        "data", .path, default: "canvass-relay-data", placeholder: "DIR", environment: "CANVASS_RELAY_DATA",
        "The folder with everything that the relay keeps.")
    private static let database = Option(
        "database", .text, placeholder: "ADDRESS", environment: "CANVASS_RELAY_DATABASE",
        "Keep it in PostgreSQL, where other relays may share it: postgresql://USER@HOST/DATABASE.")

    /// Of every command that is about a relay.
    static let options: [any OptionDeclaration] = [RelayProgram.config, data, database]

    init(_ arguments: ParsedArguments) {
        if let address = arguments[Self.database] {
            self = .database(address)
        } else {
            self = .folder(RelayDirectory(path: arguments[Self.data]))
        }
    }

    /// What names it in another command. An address may hold a password.
    var option: String {
        switch self {
        case .folder(let directory): "--data \(directory.path)"
        case .database: "--database ADDRESS"
        }
    }

    /// Opens a relay that has been started before.
    func open() throws -> Relay {
        switch self {
        case .folder(let directory):
            guard directory.isMade else {
                throw UserError(
                    code: "relay.missing", "there is no relay in \(directory.path)",
                    remedy: "start one with `canvass-relay serve \(option)`, or name its folder with --data")
            }
            return try Relay(path: directory.databasePath, creating: false)
        case .database(let address):
            return try Relay(Self.log(at: address, creating: false).log)
        }
    }

    /// A relay about to serve.
    struct Tenancy {
        let relay: Relay
        /// Whether there was none before.
        let isNew: Bool
        /// Kept while it serves: a folder has one process that does.
        let lock: ServingLock?
    }

    /// Makes sure that a relay may move in, before anything is changed.
    ///
    /// - Returns: the lock of a folder that is in use already.
    func examine() throws -> ServingLock? {
        guard case .folder(let directory) = self else { return nil }
        try directory.checkIsOurs()
        // That another is serving this folder explains more than that its port is taken.
        return directory.isMade ? try directory.lockForServing() : nil
    }

    func moveIn(
        _ lock: ServingLock?, recovering sheet: RecoverySheet?, environment: RelayEnvironment
    ) throws -> Tenancy {
        switch self {
        case .folder(let directory):
            let isNew = !directory.isMade
            try directory.create()
            let lock = try lock ?? directory.lockForServing()
            let relay = try Relay(path: directory.databasePath, recovering: sheet, environment: environment)
            return Tenancy(relay: relay, isNew: isNew, lock: lock)
        case .database(let address):
            let (log, isNew) = try Self.log(at: address, creating: true)
            let relay = try Relay(log, recovering: sheet, environment: environment)
            return Tenancy(relay: relay, isNew: isNew, lock: nil)
        }
    }

    #if Postgres
        /// - Parameter creating: whether a database without a relay gets its tables.
        static func log(at address: String, creating: Bool) throws -> (log: any LogDatabase, isNew: Bool) {
            let log = try PostgresLog(PostgresAddress(address), creating: creating)
            return (log, log.isNew)
        }
    #else
        static func log(at address: String, creating: Bool) throws(UserError) -> (log: any LogDatabase, isNew: Bool) {
            throw UserError(
                code: "relay.no-postgres", "this canvass-relay cannot use PostgreSQL",
                why: "it was built without", remedy: "build it with `swift build -c release --traits Postgres`")
        }
    #endif
}
