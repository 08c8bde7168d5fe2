import CanvassCoding
import CanvassCommandLine
import CanvassRelay

/// `canvass-relay revoke`
enum RevokeCommand {
    private static let subject = Positional("DEVICE|MEMBER", .text, "The id of a device or of a member.")

    static let command = Command(
        "revoke", "End the access of a device, or of a member with all their devices.",
        discussion: """
            Reading and writing end with the next request, while the relay is serving. What was synced before stays.
            """,
        examples: [
            Example("canvass-relay revoke 01JD3VVQ9G7HNAJ4ZK5TB0C2XW", "A lost tablet, by the id that `devices` lists.")
        ],
        options: [RelayProgram.data], positionals: [subject], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let relay = try RelayProgram.open(arguments)
        let (name, isMember) = try relay.revoke(arguments[subject])
        if output.isJSON {
            output.emit([
                "revoked": .text(isMember ? "member" : "device"), "id": .text(arguments[subject]), "name": .text(name),
            ])
        } else {
            output.print(isMember ? "revoked \(name) with all devices" : "revoked a device of \(name)")
        }
        return .done
    }
}
