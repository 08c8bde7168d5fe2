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
    private static let people = Option(
        "from", .path, placeholder: "FILE",
        "Make a link for each person of a CSV file: name, role, team, campaign, language. Empty fields are as the options say."
    )
    private static let sheet = Option(
        "html", .path, placeholder: "FILE", "With --from: write a page with the links and their QR codes, to print.")
    private static let again = Option(
        flag: "again", "With --from: make new links for those, too, who have joined or have one; former links end.")

    static let command = Command(
        "invite", "Print a link that devices join with.",
        discussion: """
            Works while the relay is serving. Whoever has the link can use it: hand it over as you would a key.

            Collectors, supervisors, reviewers and designers are invited to a campaign; a supervisor to a team as well.

            With --from, all people get their links or none does. Somebody of the same name in the same campaign who has \
            joined, or has a link that still works, is passed over: use the same file again when it has grown.
            """,
        examples: [
            Example(
                "canvass-relay invite --campaign Winter --role collector --team North --uses 5 --expires 7d",
                "Five collectors of one team."),
            Example("canvass-relay invite --role admin", "One more admin."),
            Example(
                "canvass-relay invite --from people.csv --html sheet.html --campaign Winter --role collector",
                "A page of cards to print and cut, one a person."),
        ],
        options: RelayPlace.options + [
            campaign, roles, team, name, member, uses, LinkOptions.expires,
            people, sheet, again,
            RelayProgram.publicURL, LinkOptions.noCode,
        ], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let order = InviteOrder(
            campaign: arguments[campaign],
            roles: arguments[roles].flatMap { $0.split(separator: ",").map(String.init) },
            team: arguments[team], name: arguments[name], member: arguments[member], uses: arguments[uses],
            validMilliseconds: LinkOptions.validMilliseconds(arguments),
            publicURL: arguments[RelayProgram.publicURL])
        if let file = arguments[people] {
            guard order.name == nil, order.member == nil, order.uses == 1 else {
                throw UserError.usage(
                    "options", "--name, --member and --uses do not go with --from: the file says who it is for")
            }
            return try PeopleInviter(arguments, output).invite(
                from: file, common: order, to: arguments[sheet], isRepeating: arguments[again])
        }
        guard arguments[sheet] == nil, !arguments[again] else {
            throw UserError.usage("options", "--html and --again need --from FILE")
        }
        let relay = try RelayPlace(arguments).open()
        let issued = try relay.invite(order)
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
            LinkOptions.show(issued, arguments, output)
        }
        return .done
    }
}
