import CanvassCoding
import CanvassCommandLine
import CanvassRelay

/// `canvass-relay revoke`
enum RevokeCommand {
    private static let subject = Positional(
        "DEVICE|MEMBER", .text, "The id of a device or of a member, or its beginning.")

    static let command = Command(
        "revoke", "End the access of a device, or of a member with all their devices.",
        discussion: """
            Reading and writing end with the next request, while the relay is serving. What was synced before stays.
            """,
        examples: [
            Example("canvass-relay revoke 01jd3vvq", "A lost tablet, by the id that `devices` lists.")
        ],
        options: RelayPlace.options, positionals: [subject], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let relay = try RelayPlace(arguments).open()
        let revoked = try relay.revoke(arguments[subject])
        try RelayProgram.audit(
            "revoked", [revoked.isMember ? "member" : "device": .text(revoked.id)], by: relay)
        if output.isJSON {
            output.emit([
                "revoked": .text(revoked.isMember ? "member" : "device"), "id": .text(revoked.id),
                "name": .text(revoked.name),
            ])
        } else {
            output.print(
                revoked.isMember ? "revoked \(revoked.name) with all devices" : "revoked a device of \(revoked.name)")
        }
        return .done
    }
}
