import CanvassCoding
import CanvassCommandLine
import CanvassRelay

/// `canvass-relay invite`
enum InviteCommand {
    private static let campaign = Option(
        "campaign", .text, placeholder: "NAME", "The campaign to join, by name or id; not for an admin.")
    private static let roles = Option(
        repeating: "role", .text, placeholder: "ROLE[,ROLE]", "collector, supervisor, reviewer, designer or admin.")
    private static let team = Option(
        "team", .text, placeholder: "NAME", "The team to join, made if the campaign has none of that name.")
    private static let name = Option("name", .text, placeholder: "PERSON", "Whom the link is for.")
    private static let member = Option(
        "member", .text, placeholder: "ID",
        "Give a member, by id or its beginning, one more device, instead of inviting somebody new.")
    private static let uses = Option(
        "uses", .integer(in: 1...1_000_000), default: 1, "How many devices may join with it.")
    private static let expires = Option(
        "expires", .duration, default: .seconds(14 * 86_400), "How long the link works.")

    static let command = Command(
        "invite", "Print a link that devices join with.",
        discussion: """
            Works while the relay is serving. Whoever has the link can use it: hand it over as you would a key.

            Collectors, supervisors, reviewers and designers are invited to a campaign; a supervisor to a team as well.
            """,
        examples: [
            Example(
                "canvass-relay invite --campaign Winter --role collector --team North --uses 5 --expires 7d",
                "Five collectors of one team."),
            Example("canvass-relay invite --role admin", "One more admin."),
        ],
        options: [
            RelayProgram.config, RelayProgram.data, campaign, roles, team, name, member, uses, expires,
            RelayProgram.publicURL,
        ], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let relay = try RelayProgram.open(arguments)
        let (seconds, _) = arguments[expires].components
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let issued = try relay.invite(
            InviteOrder(
                campaign: arguments[campaign],
                roles: arguments[roles].flatMap { $0.split(separator: ",").map(String.init) },
                team: arguments[team], name: arguments[name], member: arguments[member], uses: arguments[uses],
                validMilliseconds: overflow ? .max : milliseconds, publicURL: arguments[RelayProgram.publicURL]))
        try RelayProgram.audit(
            "invited",
            [
                "roles": .list(issued.roles.map { .text($0) }),
                "campaign": arguments[campaign].map { .text($0) } ?? .null,
                "uses": .integer(Int64(issued.uses)), "expires": .integer(issued.expires),
            ], by: relay)
        if output.isJSON {
            output.emit([
                "link": .text(issued.link), "roles": .list(issued.roles.map { .text($0) }),
                "uses": .integer(Int64(issued.uses)), "expires": .integer(issued.expires),
            ])
        } else {
            output.print("\(issued.link)")
            output.note("join with: canvass join '\(issued.link)'")
        }
        return .done
    }
}
