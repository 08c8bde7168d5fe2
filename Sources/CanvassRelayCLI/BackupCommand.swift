import CanvassCoding
import CanvassCommandLine
import CanvassRelay

/// `canvass-relay backup`
enum BackupCommand {
    private static let target = Positional(
        "FILE|FOLDER", .path, "The file to write, or a folder, where the file is named by the time.")
    private static let replace = Option(flag: "replace", "Replace FILE if it exists.")

    static let command = Command(
        "backup", "Copy all that the relay keeps to one file, and check the copy.",
        discussion: """
            Works while the relay is serving. The copy is complete or absent. It is read from end to end: every segment is \
            decoded and every hash computed. Only then do devices hear at their next sync that what lies in it is safe.

            The file holds the organisation's key and everybody's answers: keep it as you would keep the relay.

            Exits with 3 when the copy is not sound, which it cannot be when the relay's own file is not.
            """,
        examples: [
            Example("canvass-relay backup /mnt/backup", "A new file in a folder, named by the time."),
            Example("canvass-relay backup --replace latest.sqlite", "The same file each time."),
        ],
        options: RelayPlace.options + [replace], positionals: [target], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let relay = try RelayPlace(arguments).open()
        let receipt = try relay.backup(to: arguments[target], replacing: arguments[replace])
        if output.isJSON { output.emit(receipt.verification.value(path: receipt.path)) }
        output.print("wrote \(receipt.path): \(receipt.verification.summary)")
        return VerifyCommand.conclude(receipt.verification, output)
    }
}
