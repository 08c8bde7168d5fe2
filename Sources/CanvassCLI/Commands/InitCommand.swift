import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine

/// `canvass init`
enum InitCommand {
    static let command = Command(
        "init", "Make a new, empty replica on this device.",
        discussion: """
            Collectors do not need it: `canvass join` makes a replica itself. Use it to write a survey before there is a \
            relay, or to keep several replicas.
            """,
        examples: [
            Example("canvass init", "Make the replica in the usual place."),
            Example("canvass init --replica winter.canvass", "Make one in the current folder."),
        ], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let replica = try ReplicaLocation.create(ReplicaLocation.path(arguments))
        if output.isJSON {
            output.emit([
                "path": .text(replica.path), "replica": .text(replica.id.description),
                "device": .text(replica.device.description),
            ])
        }
        output.print("Made the replica \(replica.id, .bold) in \(replica.path)")
        output.print(
            """
            Next: join an organisation with `canvass join LINK`,
                  or begin a campaign of your own with `canvass campaign create NAME`.
            """)
        return .done
    }
}
