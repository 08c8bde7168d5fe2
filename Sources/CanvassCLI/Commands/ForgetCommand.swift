import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine

/// `canvass forget`
enum ForgetCommand {
    private static let acknowledged = Option(
        flag: "acknowledged", "What lies inside a verified backup of the relay. Nothing else can be forgotten.")
    private static let confirmed = Option(flag: "yes", "Do it.")
    private static let dryRun = Option(flag: "dry-run", "Only say what would be dropped.")

    static let command = Command(
        "forget", "Drop responses that the relay has safely.",
        discussion: """
            Drops the responses of a collector whole, when every change of them lies inside a verified backup of the relay \
            and, where own ones are among them, nothing of this device waits to be sent. They come back with \
            `canvass sync --fetch`. Until then reports on this device are without them, and new responses can be recorded \
            as before.
            """,
        examples: [
            Example("canvass forget --acknowledged --dry-run", "See what could go."),
            Example("canvass forget --acknowledged --yes", "Drop it."),
        ],
        options: [acknowledged, confirmed, dryRun], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        guard arguments[acknowledged], arguments[confirmed] || arguments[dryRun] else {
            throw UserError(
                code: "usage.not-confirmed", "forgetting has to be asked for in full",
                remedy: "Say --acknowledged with --dry-run to see what would go, or with --yes to drop it.",
                exitCode: .usage)
        }
        let replica = try ReplicaLocation.open(arguments)
        let isTrial = arguments[dryRun]
        let scopes = isTrial ? try replica.forgettable() : try replica.forgetAcknowledged()
        if output.isJSON {
            output.emit([
                "dropped": .bool(!isTrial),
                "scopes": .list(
                    scopes.map {
                        ["scope": .text($0.scope.description), "name": .text($0.name), "changes": Value($0.changes)]
                    }),
            ])
        }
        if scopes.isEmpty {
            output.print("Nothing can be dropped: `canvass status` says what is not backed up.")
        }
        for scope in scopes {
            output.print(
                "\(isTrial ? "Would drop" : "Dropped") \(scope.name): \(CountText.of(scope.changes, "change")).")
        }
        return .done
    }
}
