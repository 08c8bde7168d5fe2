import Canvass
import CanvassCRDT
import CanvassCommandLine
import CanvassSurvey

/// How a command line names a survey: by its name or id, and by its campaign where two campaigns have one of that name.
enum SurveyArgument {
    static let name = Positional("SURVEY", .text, "The survey's name, or its id.")
    static let campaign = Option(
        "campaign", .text, placeholder: "NAME", "The survey's campaign, where several have one of this name.")

    /// The survey that a command line names.
    static func survey(_ arguments: ParsedArguments, in replica: Replica) throws -> Survey {
        let name = arguments[name]
        let campaign = try arguments[campaign].map { try replica.campaign(named: $0) }
        let candidates = try replica.surveys().filter { campaign == nil || $0.campaign == campaign?.id }
        let matches = candidates.filter { $0.name == name || $0.id.description == name }
        if matches.count == 1, let match = matches.first { return match }
        if matches.isEmpty, let campaign {
            let known = candidates.isEmpty ? "none" : candidates.map(\.name).joined(separator: ", ")
            throw CanvassError(
                .notFound, "There is no survey \"\(name)\" in the campaign \"\(campaign.name)\"; known: \(known)",
                remedy: "Name another campaign, or leave out --campaign.")
        }
        let homes = Set(matches.map(\.campaign))
        guard campaign == nil, homes.count == matches.count, matches.count > 1 else {
            return try replica.survey(named: name)
        }
        let names = try replica.campaigns().filter { homes.contains($0.id) }.map(\.name).sorted()
        throw CanvassError(
            .ambiguous, "There are surveys named \"\(name)\" in the campaigns \(names.joined(separator: ", "))",
            remedy: "Say which one with --campaign NAME.")
    }

    /// A survey as it has to be typed: "visit", or "visit --campaign 'North side'" where the name alone is not enough.
    static func typed(_ survey: Survey, in replica: Replica) throws -> String {
        let namesakes = try replica.surveys().count { $0.name == survey.name }
        guard namesakes > 1, let campaign = try replica.campaigns().first(where: { $0.id == survey.campaign }) else {
            return survey.name
        }
        return "\(survey.name) --campaign \(quoted(campaign.name))"
    }

    /// A word for a POSIX shell.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        return isPlain && !word.hasPrefix("-") ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }
}
