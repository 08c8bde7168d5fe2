import Canvass
import CanvassCoding
import CanvassCommandLine
import CanvassStore

/// `canvass backup`
enum BackupCommand {
    private static let file = Positional("FILE", .path, "The file to write.")
    private static let replace = Option(flag: "replace", "Replace FILE if it exists.")

    static let command = Command(
        "backup", "Copy the replica to one file while it is in use, and check the copy.",
        discussion: """
            The copy is complete or absent, also after Ctrl-C. It is the same device as the replica: use it when the replica is lost, never \
            beside it.

            Exits with 3 when the copy is not sound, which it cannot be when the replica is not.
            """,
        examples: [
            Example("canvass backup visit-2030-05-01.canvass", "Back the replica up."),
            Example("canvass backup /media/stick/visit.canvass --replace", "Renew the backup on a stick."),
        ],
        options: [replace], positionals: [file], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        Interrupt.install()
        let replica = try ReplicaLocation.open(arguments)
        let outcome = try back(up: replica, arguments, output)
        if output.isJSON {
            output.emit([
                "path": .text(outcome.path), "bytes": .integer(outcome.bytes), "responses": Value(outcome.responses),
                "report": outcome.report.value,
            ])
        }
        output.print(
            """
            Wrote \(outcome.path): \(NumberText.grouped(outcome.bytes)) bytes, \(CountText.of(outcome.responses, "response")), \
            \(CountText.of(outcome.report.changesSound, "change")).
            """)
        DoctorCommand.print(outcome.report, on: output)
        return outcome.report.isSound ? .done : .findings
    }

    private static func back(
        up replica: Replica, _ arguments: ParsedArguments, _ output: Output
    ) throws -> BackupOutcome {
        let progress = output.progress("Checking the copy", unit: "changes")
        defer { progress.finish() }
        return try replica.backup(to: arguments[file], replacing: arguments[replace]) { progress.update(to: Int64($0)) }
    }
}
