import CanvassCoding
import CanvassCommandLine

/// `canvass-bench histories`
enum HistoriesCommand {
    private static let count = Option(
        "count", .integer(in: 1...1_000_000), default: 500, placeholder: "N", "How many histories to write.")
    private static let seed = Option(
        "seed", .integer(in: 0 ... .max), default: 1, placeholder: "S",
        "The seed of the first; the next ones count up from it.")
    static let command = Command(
        "histories",
        "Write random histories of replicas, with what the engine makes of them, for other implementations.",
        discussion: """
            Each line is one history as JSON: its segments in one causal order, and the state that the engine merges \
            them to. Protocol/conformance/check_histories.py reads them. A seed always gives the same line. The replica \
            files lie in memory unless --scratch names a folder.
            """,
        examples: [
            Example(
                "canvass-bench histories --count 500 | python3 Protocol/conformance/check_histories.py -",
                "Check the model of the specification against the engine."),
            Example("canvass-bench histories --count 1 --seed 4711", "Show one history again."),
        ],
        options: [count, seed]
    ) { arguments, output in
        Interrupt.install()
        let workshop = try HistoryWorkshop(in: arguments[RunCommand.scratch])
        let first = arguments[seed]
        for offset in 0..<arguments[count] {
            guard !Interrupt.isRequested else {
                throw UserError(
                    code: "interrupted", "stopped on request", why: "the histories written so far are whole")
            }
            var history = try RandomHistory(seed: UInt64(first) &+ UInt64(offset), in: workshop)
            output.standard.write("\(JSON.encode(try history.record()))")
        }
        return .done
    }
}
