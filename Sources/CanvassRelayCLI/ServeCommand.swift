import CanvassCoding
import CanvassCommandLine
import CanvassRelay

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `canvass-relay serve`
enum ServeCommand {
    private static let listen = Option(
        "listen", .listenAddress, default: ListenAddress(host: "127.0.0.1", port: 8787),
        "Where to listen; port 0 picks a free one.")

    private static let log = Option(
        "log", .choice(of: RelayLog.Level.self), default: .warning,
        "What to write to standard error, as JSON lines; info is a line for each request.")

    static let command = Command(
        "serve", "Serve devices until SIGTERM or SIGINT.",
        discussion: """
            The folder is made at the first start. A start that finds neither an admin nor a link that makes one prints
            such a link.

            On SIGTERM or SIGINT the requests under way are answered before the process ends.
            """,
        examples: [
            Example("canvass-relay serve", "Serve on http://127.0.0.1:8787 from ./canvass-relay-data."),
            Example(
                "canvass-relay serve --data /var/lib/canvass --public-url https://relay.example.org",
                "Serve behind a reverse proxy."),
        ],
        options: [RelayProgram.data, listen, RelayProgram.publicURL, log], run: run)

    /// What may fail for a reason outside the folder comes first, so that a start that fails changes nothing.
    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let directory = RelayDirectory(path: arguments[RelayProgram.data])
        try directory.checkIsOurs()
        // That another is serving this folder explains more than that its port is taken.
        let earlyLock = directory.isMade ? try directory.lockForServing() : nil
        let address = arguments[listen]
        let listener = try RelayListener(host: address.host, port: address.port)
        try directory.create()
        let lock = try earlyLock ?? directory.lockForServing()
        let relay = try Relay(
            path: directory.databasePath,
            environment: .system(log: RelayLog(level: arguments[log], write: writeLine)))
        let server = RelayServer(relay: relay, listener: listener)
        ShutdownSignals.stop(server.stopper)
        try relay.setPublicURL(arguments[RelayProgram.publicURL] ?? server.url)
        let invite = try relay.inviteFirstAdmin()
        announce(server.url, invite: invite?.link, needsAdmin: try !relay.hasAdmin(), directory, output)
        try server.run()
        return withExtendedLifetime(lock) { .done }
    }

    private static func announce(
        _ url: String, invite: String?, needsAdmin: Bool, _ directory: RelayDirectory, _ output: Output
    ) {
        if output.isJSON {
            output.emit([
                "listening": .text(url), "adminInvite": invite.map { .text($0) } ?? .null,
                "needsAdmin": .bool(needsAdmin),
            ])
        } else {
            output.print("listening on \(url)")
            if let invite {
                output.print("become admin with this link, which works once:\n  canvass join '\(invite)'")
            } else if needsAdmin {
                output.print(
                    "nobody is admin yet; get a link with:\n  canvass-relay invite --role admin --data \(directory.path)"
                )
            }
        }
        output.standard.flush()
    }

    /// One write(2) a line, so that lines of several processes in one log never mix.
    @Sendable private static func writeLine(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        // A log that cannot be written must not stop the relay.
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
