import CanvassCoding
import CanvassCommandLine
import CanvassRelay

/// `canvass-relay rotate`
enum RotateCommand {
    private static let device = Positional("DEVICE", .text, "The id of a device, or its beginning.")

    static let command = Command(
        "rotate", "Replace the token of a device that may have leaked.",
        discussion: """
            The token ends with the next request, while the relay is serving. The device gets another one by itself when it \
            syncs next, and loses nothing: only the device has the key that it takes to get it.

            Where the whole device was copied or is gone, a new token does not help: use `canvass-relay replace`.
            """,
        examples: [
            Example("canvass-relay rotate 01jd3vvq", "A token that was in a log, by the id that `devices` lists.")
        ],
        options: RelayPlace.options, positionals: [device], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let relay = try RelayPlace(arguments).open()
        let rotated = try relay.rotate(arguments[device])
        try RelayProgram.audit("rotated", ["device": .text(rotated.device)], by: relay)
        if output.isJSON {
            output.emit(["rotated": .text(rotated.device), "name": .text(rotated.name)])
        } else {
            output.print("ended the token of a device of \(rotated.name); it gets another when it syncs next")
        }
        return .done
    }
}
