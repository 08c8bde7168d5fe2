import CanvassCoding
import CanvassCommandLine
import CanvassRelay

/// `canvass-relay replace`
enum ReplaceCommand {
    private static let device = Positional("DEVICE", .text, "The id of the lost device, or its beginning.")

    static let command = Command(
        "replace", "Revoke a lost device, and print a link for another one of the same member.",
        discussion: """
            Reading and writing of the lost device end with the next request, while the relay is serving. The new device \
            gets all that the member may reach: their responses, and the reviews that wait for them.

            What the lost device had not synced is on it alone. If it turns up, `canvass-relay accept` takes that in.
            """,
        examples: [
            Example("canvass-relay replace 01jd3vvq", "A tablet left on a bus, by the id that `devices` lists.")
        ],
        options: RelayPlace.options + [
            LinkOptions.expires, RelayProgram.publicURL, LinkOptions.noCode,
        ],
        positionals: [device], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let order = InviteOrder(
            roles: [], validMilliseconds: LinkOptions.validMilliseconds(arguments),
            publicURL: arguments[RelayProgram.publicURL])
        let relay = try RelayPlace(arguments).open()
        let replaced = try relay.replace(arguments[device], common: order)
        try RelayProgram.audit(
            "replaced", ["device": .text(replaced.device), "links": .integer(Int64(replaced.links.count))], by: relay)
        if output.isJSON {
            output.emit([
                "revoked": .text(replaced.device),
                "links": .list(
                    replaced.links.map { link in
                        [
                            "name": .text(link.name), "link": .text(link.invite.link),
                            "expires": .integer(link.invite.expires),
                        ]
                    }),
            ])
            return .done
        }
        output.print("revoked a device of \(replaced.name)")
        for link in replaced.links {
            output.print("a new one for \(link.name) joins with:")
            LinkOptions.show(link.invite, arguments, output)
        }
        return .done
    }
}
