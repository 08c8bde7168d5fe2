import CanvassCoding
import CanvassCommandLine
import CanvassRelay

/// `canvass-relay`: the relay of an organisation, and what its operator needs.
enum RelayProgram {
    static let config = Option(
        "config", .path, placeholder: "FILE", environment: "CANVASS_RELAY_CONFIG",
        "Take options from a file: a line for each, NAME = VALUE.")

    static let publicURL = Option(
        "public-url", .publicURL, "Where devices reach the relay, for links: https://relay.example.org.")

    static let program = Program(
        root: Command(
            "canvass-relay", "Run the relay that devices sync through, and manage who may.",
            discussion: """
                One relay serves one organisation. Everything that it keeps lies in one folder, or in a database that \
                several relays share.

                Run it behind a reverse proxy that speaks TLS when devices reach it over a network.
                """,
            examples: [
                Example("canvass-relay serve", "Serve on this machine; the first start prints how to become admin."),
                Example(
                    "canvass-relay invite --campaign Winter --role collector --uses 20",
                    "Print a link that twenty devices can join with."),
            ],
            subcommands: [
                ServeCommand.command, InviteCommand.command, DevicesCommand.command, RevokeCommand.command,
                RotateCommand.command, ReplaceCommand.command, AcceptCommand.command,
                BackupCommand.command, VerifyCommand.command, RestoreCommand.command, RecoverySheetCommand.command,
                StatusCommand.command, UnitCommand.command, AlertsCommand.command,
            ]),
        version: "0.1.0", commonOptions: [],
        configuration: ConfigurationFile(option: config) { (path) throws(UserError) in
            String(decoding: try InputFile.read(path, mostBytes: 1 << 20), as: UTF8.self)
        },
        explain: explain)

    /// Writes down what an operator did, where the process that serves keeps an audit log in a file.
    static func audit(_ event: String, _ fields: KeyValuePairs<String, Value>, by relay: Relay) throws {
        guard let path = try relay.auditLogPath() else { return }
        relay.recordOperator(event, fields, in: try LogTarget.open(path))
    }

    private static func explain(_ error: any Error) -> UserError? {
        guard let failure = RelayFailure.explaining(error) else { return nil }
        return UserError(
            code: failure.isUsage ? "usage.order" : "relay.refused", failure.what, remedy: failure.remedy,
            exitCode: failure.isUsage ? .usage : .failed)
    }
}
