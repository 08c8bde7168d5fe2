import CanvassCoding
import CanvassCommandLine
import CanvassRelay

/// `canvass-relay restore`
enum RestoreCommand {
    private static let file = Positional("FILE", .path, "A backup.")
    private static let replace = Option(flag: "replace", "Move the database of a relay that is there aside.")

    static let command = Command(
        "restore", "Put a backup in the place of a relay's data.",
        discussion: """
            Stop the relay first. The backup is checked before anything is touched, and what is there is moved aside, not \
            deleted.

            What came after the backup is brought back by the devices, other people's changes included, whoever syncs first. \
            The relay answers only admins until it has its roster back; see `canvass-relay serve --help`.
            """,
        examples: [
            Example("canvass-relay restore latest.sqlite --data /var/lib/canvass", "On a new machine."),
            Example("canvass-relay restore latest.sqlite --replace", "After the file was damaged."),
        ],
        options: RelayPlace.options + [replace], positionals: [file], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let (verification, restored, former) = try restore(arguments)
        if output.isJSON {
            output.emit([
                "restored": .text(restored), "former": former.map { .text($0) } ?? .null,
                "changes": .integer(Int64(verification.changeCount)), "position": .integer(verification.position),
            ])
        }
        output.print("restored \(restored): \(verification.summary)")
        if let former { output.print("the former database is \(former); delete it once all is well") }
        return .done
    }

    private static func restore(
        _ arguments: ParsedArguments
    ) throws -> (verification: LogVerification, restored: String, former: String?) {
        switch RelayPlace(arguments) {
        case .folder(let directory):
            let (verification, former) = try Relay.restore(
                arguments[file], to: directory, replacing: arguments[replace])
            return (verification, directory.databasePath, former)
        case .database(let address):
            guard !arguments[replace] else {
                throw UserError.usage(
                    "invalid-value", "--replace moves a file aside, and a database stays where it is",
                    remedy: "Make an empty database with createdb, and name that.")
            }
            let log = try RelayPlace.log(at: address, creating: true).log
            return (try Relay.restore(arguments[file], to: log), log.name, nil)
        }
    }
}
