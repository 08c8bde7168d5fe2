import CanvassCoding
import CanvassCommandLine
import CanvassHTTPServer
import CanvassRelay

/// `canvass-relay serve`
enum ServeCommand {
    private static let listen = Option(
        "listen", .listenAddress, default: ListenAddress(host: "127.0.0.1", port: 8787),
        "Where to listen; port 0 picks a free one.")

    private static let recover = Option(
        "recover", .path, placeholder: "FILE",
        "Take the place of a relay that lost everything; FILE holds its recovery sheet.")

    private static let acceptRoster = Option(
        flag: "accept-roster", "Go on with the roster as it is, though devices have seen more of it.")

    static let command = Command(
        "serve", "Serve devices until SIGTERM or SIGINT.",
        discussion: """
            The folder is made at the first start. A start that finds neither an admin nor a link that makes one prints
            such a link.

            The first start also prints the recovery sheet, once. A relay that was wiped or restored may lack who was \
            revoked: it answers only admins until one has synced, who brings the roster back. Where none can come any more, \
            --accept-roster gives up what is missing.

            On SIGTERM or SIGINT the requests under way are answered before the process ends. SIGHUP opens log files anew.

            /healthz and /readyz answer anybody. /metrics answers operators alone, whom --metrics or --metrics-token-file \
            lets in: behind a reverse proxy every request comes from this machine.
            """,
        examples: [
            Example("canvass-relay serve", "Serve on http://127.0.0.1:8787 from ./canvass-relay-data."),
            Example(
                "canvass-relay serve --data /var/lib/canvass --public-url https://relay.example.org",
                "Serve behind a reverse proxy."),
            Example(
                "canvass-relay serve --backup-every 1d --backup-to /mnt/backup --metrics 127.0.0.1:9787",
                "With a backup a day, and figures for Prometheus."),
            Example("canvass-relay serve --config /etc/canvass-relay.conf", "With options from a file: listen = …"),
            Example(
                "canvass-relay serve --database postgresql://canvass@db.example.org/canvass",
                "Beside other relays on one database."),
        ],
        options: RelayPlace.options + [listen, RelayProgram.publicURL] + ServeOptions.all
            + [recover, acceptRoster],
        run: run)

    /// What may fail for a reason outside the folder comes first, so that a start that fails changes nothing.
    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let place = RelayPlace(arguments)
        let sheet = try arguments[recover].map { try SheetFile.read($0) }
        let lock = try place.examine()
        let address = arguments[listen]
        let plan = try ServeOptions.backups(arguments)
        let listener = try RelayListener(
            host: address.host, port: address.port, configuration: ServeOptions.server(arguments))
        let operators = try arguments[ServeOptions.metrics].map {
            try listener.alsoListen(host: $0.host, port: $0.port)
        }
        // They are told apart by their ports.
        guard operators?.port != listener.port else {
            throw UserError.usage("invalid-value", "--metrics has the port of --listen", remedy: "Choose another port.")
        }
        let environment = try ServeOptions.environment(arguments, operatorPort: operators?.port)
        LogFile.reopenAtHangUp()
        let tenancy = try place.moveIn(lock, recovering: sheet, environment: environment)
        let relay = tenancy.relay
        let manager = ServiceManager.ofThisProcess
        let server = RelayServer(relay: relay, listener: listener, whenEnding: manager.isStopping)
        ShutdownSignals.stop(server.stopper)
        try relay.setPublicURL(arguments[RelayProgram.publicURL] ?? server.url)
        try relay.setCampaignQuota(bytes: arguments[ServeOptions.campaignQuota])
        try relay.setAuditLogPath(LogTarget.absolute(arguments[ServeOptions.auditLog]))
        if arguments[acceptRoster] { _ = try relay.acceptRoster() }
        let isRecovering = try relay.isRecovering()
        // The admins of a relay that is being recovered come back by themselves.
        let invite = isRecovering ? nil : try relay.inviteFirstAdmin()
        let schedule = try plan.map { try BackupSchedule($0, of: relay) }
        defer { schedule?.stop() }
        announce(
            Start(
                url: server.url, operatorURL: operators.map { "http://\($0)" }, invite: invite?.link,
                needsAdmin: try !relay.hasAdmin(), isRecovering: isRecovering,
                sheet: tenancy.isNew && sheet == nil ? relay.recoverySheet : nil), place, output)
        manager.isReady("listening on \(server.url)")
        try server.run()
        return withExtendedLifetime(tenancy) { .done }
    }

    /// What the operator has to know.
    private struct Start {
        let url: String
        let operatorURL: String?
        let invite: String?
        let needsAdmin: Bool
        let isRecovering: Bool
        /// At the first start.
        let sheet: RecoverySheet?
    }

    private static func announce(_ start: Start, _ place: RelayPlace, _ output: Output) {
        if output.isJSON {
            output.emit([
                "listening": .text(start.url), "operators": start.operatorURL.map { .text($0) } ?? .null,
                "adminInvite": start.invite.map { .text($0) } ?? .null,
                "needsAdmin": .bool(start.needsAdmin), "recovering": .bool(start.isRecovering),
                "recoverySheet": start.sheet.map { .text($0.line) } ?? .null,
            ])
        } else {
            output.print("listening on \(start.url)")
            if let url = start.operatorURL { output.print("for operators: \(url)/metrics") }
            if start.isRecovering {
                output.print(
                    "recovering: only admins are answered until one has synced; without any, start with --accept-roster"
                )
            } else if let invite = start.invite {
                output.print("become admin with this link, which works once:\n  canvass join '\(invite)'")
            } else if start.needsAdmin {
                output.print(
                    "nobody is admin yet; get a link with:\n  canvass-relay invite --role admin \(place.option)"
                )
            }
            if let sheet = start.sheet { output.print(StyledText(lines: RecoverySheetCommand.text(sheet))) }
        }
        output.standard.flush()
    }
}
