import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine

/// `canvass erase`
enum EraseCommand {
    private static let yes = Option(flag: "yes", "Do not ask; for scripts.")
    private static let id = Positional(
        "RESPONSE", .text,
        "The response's id, or how it begins; the whole id where the response is not on this device.")

    static let command = Command(
        "erase", "Erase a response everywhere, for good, and see which devices have done it.",
        discussion: """
            For a respondent who asks for it. The answers disappear from this device at once, and from the relay and every \
            other device with their next sync. What others write about the response meanwhile has no effect, and an \
            import of the same file does not bring it back. Copies that Canvass does not know of, such as old backups, \
            are yours to delete.

            The member who collected the response may erase it, and an admin, also where the response is not here.
            """,
        examples: [
            Example("canvass erase ID", "Erase one response; it asks first, since nothing brings it back."),
            Example("canvass erase ID --yes", "The same in a script."),
            Example("canvass erase status", "See which devices have not confirmed yet."),
        ],
        options: [yes], positionals: [id], subcommands: [status], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let replica = try ReplicaLocation.open(arguments)
        if !arguments[yes] {
            let isConfirmed = try Confirmation.ask(
                "The response \(arguments[id]) will be erased on every device. Nothing brings it back.",
                typing: "erase", option: "--yes", output)
            guard isConfirmed else {
                output.note("Nothing was erased.")
                return .failed
            }
        }
        let order = try replica.erase(response: arguments[id])
        if output.isJSON {
            output.emit([
                "order": .text(order.id.description), "scope": .text(order.scope.description),
                "wasHere": .bool(order.wasHere),
            ])
            return .done
        }
        output.print(
            order.wasHere
                ? "Erased here. The order is \(order.id, .bold)."
                : "The response is not on this device; the order to erase it is \(order.id, .bold).")
        output.print("Sync to let the others know; `canvass erase status` says who has not confirmed yet.")
        return .done
    }

    private static let status = Command(
        "status", "Show how far the erasures have come.",
        discussion: """
            A device confirms with the sync after the one in which it erased. Exits with 3 while the relay or a device has \
            not confirmed.
            """,
        examples: [Example("canvass erase status --json", "The same for a script.")],
        run: { arguments, output in
            let erasures = try ReplicaLocation.open(arguments).erasures()
            if output.isJSON {
                output.emit(.list(erasures.map(\.value)))
            } else {
                show(erasures, on: output)
            }
            return erasures.allSatisfy(\.isDone) ? .done : .findings
        })

    private static func show(_ erasures: [ErasureStatus], on output: Output) {
        guard !erasures.isEmpty else { return output.print("Nothing was erased.") }
        var table = Table([.init("ORDER"), .init("BY"), .init("ON"), .init("STATE")])
        for erasure in erasures {
            table.add([
                StyledText(erasure.id.description), StyledText(erasure.author ?? "unknown"),
                StyledText(TimeText.local(erasure.orderedMilliseconds)), StyledText(erasure.words),
            ])
        }
        output.print(table)
    }
}

extension ErasureStatus {
    fileprivate var words: String {
        guard isAtRelay else { return "to be sent with the next sync" }
        guard !waiting.isEmpty else { return "done everywhere" }
        return "waits for " + waiting.map { $0.name ?? "the device \($0.device)" }.joined(separator: ", ")
    }

    fileprivate var value: Value {
        [
            "order": .text(id.description), "scope": .text(scope.description), "author": Value(author),
            "orderedMilliseconds": .integer(orderedMilliseconds), "isAtRelay": .bool(isAtRelay),
            "isDone": .bool(isDone),
            "waiting": .list(waiting.map { ["device": .text($0.device.description), "name": Value($0.name)] }),
        ]
    }
}
