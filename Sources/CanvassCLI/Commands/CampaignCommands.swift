import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine

/// `canvass campaign`
enum CampaignCommands {
    static let command = Command(
        "campaign", "Make campaigns, list them, and see who takes part.",
        examples: [Example("canvass campaign create Winter --goal 'Satisfaction at the gates'", "Begin a campaign.")],
        subcommands: [create, list, show])

    private static let name = Positional("NAME", .text, "The campaign's name, or its id.")
    private static let goal = Option("goal", .text, "What the campaign is to find out.")

    private static let create = Command(
        "create", "Make a campaign.",
        discussion: "Invites and surveys name it. No two campaigns of a replica share a name.",
        examples: [Example("canvass campaign create Winter", "Make a campaign named Winter.")],
        options: [goal], positionals: [name],
        run: { arguments, output in
            let campaign = try ReplicaLocation.open(arguments)
                .createCampaign(named: arguments[name], goal: arguments[goal])
            if output.isJSON { output.emit(campaign.value) }
            output.print("Made the campaign \(campaign.name, .bold).")
            output.print("Next: import a questionnaire with `canvass survey import FILE.xlsx`.")
            return .done
        })

    private static let list = Command(
        "list", "List the campaigns that this replica holds.",
        examples: [Example("canvass campaign list", "One line a campaign.")],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let campaigns = try replica.campaigns()
            if output.isJSON { output.emit(.list(campaigns.map(\.value))) }
            if campaigns.isEmpty {
                output.print("No campaigns yet. Make one with `canvass campaign create NAME`, or join and sync.")
                return .done
            }
            let surveys = try replica.surveys()
            var table = Table([.init("NAME"), .init("SURVEYS", .right), .init("GOAL")])
            for campaign in campaigns {
                table.add([
                    StyledText(campaign.name), "\(surveys.count { $0.campaign == campaign.id })",
                    StyledText(campaign.goal ?? ""),
                ])
            }
            output.print(table)
            return .done
        })

    private static let show = Command(
        "show", "Show a campaign: its surveys, and its people by role and team.",
        examples: [Example("canvass campaign show visits", "Show the campaign named visits.")],
        positionals: [name],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let campaign = try replica.campaign(named: arguments[name])
            let surveys = try replica.surveys().filter { $0.campaign == campaign.id }
            let members = try replica.members().filter { $0.membership.campaign == campaign.id }
            let teams = try replica.teams().filter { team in members.contains { $0.membership.team == team.id } }
            if output.isJSON {
                output.emit(
                    .map(
                        (campaign.value.mapValue ?? []) + [
                            .init("surveys", .list(surveys.map(\.value))),
                            .init("members", .list(members.map(\.value))),
                            .init(
                                "teams",
                                .list(teams.map { ["id": .text($0.id.description), "name": .text($0.name)] })),
                        ]))
                return .done
            }
            output.print("\(campaign.name, .bold)")
            if let goal = campaign.goal { output.print("\(goal)") }
            output.print()
            output.print(surveys.isEmpty ? "No surveys yet." : "\("Surveys", .bold)")
            for survey in surveys { output.print("  \(survey.name)  \(survey.state, .dim)  \(survey.title)") }
            output.print()
            show(members, teams: teams, on: output)
            return .done
        })

    private static func show(_ members: [Member], teams: [Team], on output: Output) {
        guard !members.isEmpty else {
            output.print("No people are known; a sync with the relay brings them.")
            return
        }
        for role in Role.allCases {
            let people = members.filter { $0.membership.roles.contains(role) }
            guard !people.isEmpty else { continue }
            output.print("\(role.title, .bold)")
            for person in people {
                let team = teams.first { $0.id == person.membership.team }.map { ", team \($0.name)" } ?? ""
                output.print("  \(person.name)\(person.isOwn ? " (you)" : "")\(team)")
            }
        }
    }
}

extension Campaign {
    fileprivate var value: Value {
        ["id": .text(id.description), "name": .text(name), "goal": Value(goal)]
    }
}

extension Role {
    /// The heading above the people who have the role.
    fileprivate var title: String {
        switch self {
        case .collector: "Collectors"
        case .supervisor: "Supervisors"
        case .reviewer: "Reviewers"
        case .designer: "Designers"
        case .admin: "Admins"
        }
    }
}
