import CanvassCoding
import CanvassCommandLine
import CanvassRelay
import CanvassWire

/// `canvass-relay accept`
enum AcceptCommand {
    private static let file = Option(
        "from", .path, placeholder: "BUNDLE", "A bundle that the revoked device made with `canvass bundle export`.")

    static let command = Command(
        "accept", "Take in what a revoked device had not synced.",
        discussion: """
            Works while the relay is serving. Nothing of a revoked device enters in any other way. Its changes are judged as \
            if it had not been revoked: look at them first, and accept only from whom you trust.

            What somebody else brought to the relay after the revocation has no effect already, and that stays so.
            """,
        examples: [Example("canvass-relay accept --from tablet.canvass", "The interviews of a tablet that turned up.")],
        options: RelayPlace.options + [file], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        guard let path = arguments[file] else {
            throw UserError.usage("missing-option", "name the bundle: --from BUNDLE")
        }
        let relay = try RelayPlace(arguments).open()
        let bundle: Bundle
        do {
            bundle = try Bundle(reading: InputFile.read(path))
        } catch let error as CodingError {
            throw UserError(
                code: "bundle.unreadable", "\(path) is no bundle", why: error.reason,
                remedy: "Make one on the device with `canvass bundle export`.")
        }
        if !bundle.isWhole { output.warn("\(path) is damaged; what can be read of it is taken") }
        let acceptance = try relay.accept(bundle)
        try RelayProgram.audit(
            "accepted",
            [
                "device": bundle.header.map { .text("\($0.device)") } ?? .null,
                "taken": .integer(Int64(acceptance.taken)), "void": .integer(Int64(acceptance.void)),
            ], by: relay)
        if output.isJSON {
            output.emit([
                "taken": .integer(Int64(acceptance.taken)), "void": .integer(Int64(acceptance.void)),
                "held": .integer(Int64(acceptance.held)), "refused": .list(acceptance.refused.map { .text($0) }),
            ])
        } else {
            output.print(
                "took \(acceptance.taken) changes; \(acceptance.held) were here already, \(acceptance.void) have no effect"
            )
            for reason in acceptance.refused { output.print("not taken: \(reason)") }
        }
        return acceptance.refused.isEmpty && acceptance.void == 0 ? .done : .findings
    }
}
