import Canvass
import CanvassCommandLine

/// `canvass`: one replica on one device, and what its people do with it.
enum CanvassProgram {
    static let program = Program(
        root: Command(
            "canvass", "Collect survey responses offline, sync them, and read the results.",
            discussion: """
                Everything is kept in one file on this device, the replica. All commands but join and sync work without \
                any network.

                Exit codes: 0 done, 1 failed, 2 the command line was wrong, 3 done, with findings that a person has to \
                look at.
                """,
            examples: [
                Example("canvass demo", "See two collectors, a relay, the merge and a report in one go."),
                Example(
                    "canvass join 'https://relay.example.org/join#SECRET'", "Take part in an organisation's surveys."),
                Example("canvass collect visit --answers visit.json", "Record one response."),
                Example("canvass sync", "Exchange responses and surveys with everybody else."),
                Example("canvass report visit", "Show scores with their confidence intervals."),
            ],
            subcommands: [
                DemoCommand.command, InitCommand.command, JoinCommand.command, StatusCommand.command,
                SyncCommand.command,
                CampaignCommands.command, SurveyCommands.command, CollectCommand.command, DraftCommands.command,
                ResponseCommands.command,
                ConflictCommands.command, ReportCommand.command, QueryCommand.command, DoctorCommand.command,
                BackupCommand.command, BundleCommands.command, ForgetCommand.command, EraseCommand.command,
            ]),
        version: "0.1.0", commonOptions: [ReplicaLocation.option], explain: explain)

    @Sendable private static func explain(_ error: any Error) -> UserError? {
        guard let error = error as? CanvassError else { return nil }
        return UserError(code: error.code.rawValue, error.message, remedy: error.remedy.asSentence)
    }
}
