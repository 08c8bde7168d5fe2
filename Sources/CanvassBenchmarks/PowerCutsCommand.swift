import CanvassCoding
import CanvassCommandLine
import CanvassTrials

/// `canvass-bench power-cuts`
enum PowerCutsCommand {
    private static let count = Option(
        "count", .integer(in: 1...10_000_000), default: 5_000, placeholder: "N", "How often to cut the power, at least."
    )
    private static let seed = Option(
        "seed", .integer(in: 0 ... .max), default: 1, placeholder: "S",
        "The seed of the first round; the next ones count up from it.")
    private static let isWeak = Option(
        flag: "weaken-synchronous", "Plant a bug: commits do not reach the disk. Then losses have to be found.")

    static let command = Command(
        "power-cuts", "Cut the power at every disk operation of recorded work, and look for what got lost.",
        discussion: """
            The real engine and the real relay work on a disk in memory that knows which writes have reached the medium. \
            Before each of its operations the disk is copied, the copy loses its power in up to ten ways (nothing, \
            everything, the first or any of the pending writes survive, torn at 512 bytes), and what is left is opened: \
            everything that was acknowledged has to be there, and an examination has to find nothing. Cuts that left the same \
            bytes are examined once.

            Exits with 1 where anything is missing or damaged.
            """,
        examples: [
            Example("canvass-bench power-cuts --count 50000", "Cut the power fifty thousand times."),
            Example("canvass-bench power-cuts --weaken-synchronous", "See that a real bug is found."),
        ],
        options: [count, seed, isWeak], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        Interrupt.install()
        #if DEBUG
            output.warn("this is a debug build, which is slow; build with `swift build -c release`")
        #endif
        let start = ContinuousClock.now
        let tallies = try await cut(arguments, output)
        show(tallies, seconds: (ContinuousClock.now - start) / .seconds(1), output)
        let bad = tallies.filter { $0.losses + $0.damages > 0 }
        guard bad.isEmpty else {
            throw UserError(
                code: "power-cuts.lost", "something acknowledged was lost, or a file was damaged, by a power cut",
                why: bad.flatMap(\.examples).joined(separator: "; "),
                remedy: "run the seed that an example names again, with --seed")
        }
        return .done
    }

    /// Rounds with rising seeds until the power was cut often enough.
    private static func cut(_ arguments: ParsedArguments, _ output: Output) async throws -> [PowerCutTally] {
        var totals: [PowerCutTally] = []
        var seed = UInt64(arguments[seed])
        while totals.map(\.cuts).reduce(0, +) < arguments[count] {
            guard !Interrupt.isRequested else {
                throw UserError(code: "interrupted", "stopped on request", why: "nothing was found until then")
            }
            let trial = PowerCutTrial(seed: seed, weakensSynchronous: arguments[isWeak])
            let round = try await trial.run()
            if totals.isEmpty { totals = round } else { for index in round.indices { totals[index].add(round[index]) } }
            output.note("seed \(seed): \(totals.map(\.cuts).reduce(0, +)) cuts")
            seed &+= 1
        }
        return totals
    }

    private static func show(_ tallies: [PowerCutTally], seconds: Double, _ output: Output) {
        var table = Table([
            .init("workload"), .init("moments", .right), .init("cuts", .right), .init("examined", .right),
            .init("lost", .right), .init("damaged", .right),
        ])
        for tally in tallies {
            table.add([
                StyledText(tally.workload), "\(tally.moments)", "\(tally.cuts)", "\(tally.examined)",
                "\(tally.losses)", "\(tally.damages)",
            ])
        }
        output.print(table)
        output.emit([
            "seconds": Value(seconds), "cuts": sum(tallies, \.cuts), "losses": sum(tallies, \.losses),
            "damages": sum(tallies, \.damages), "workloads": .list(tallies.map(value)),
        ])
    }

    private static func sum(_ tallies: [PowerCutTally], _ count: (PowerCutTally) -> Int) -> Value {
        .integer(Int64(tallies.map(count).reduce(0, +)))
    }

    private static func value(_ tally: PowerCutTally) -> Value {
        [
            "workload": .text(tally.workload), "moments": .integer(Int64(tally.moments)),
            "cuts": .integer(Int64(tally.cuts)),
            "examined": .integer(Int64(tally.examined)), "losses": .integer(Int64(tally.losses)),
            "damages": .integer(Int64(tally.damages)), "examples": .list(tally.examples.map(Value.text)),
        ]
    }
}
