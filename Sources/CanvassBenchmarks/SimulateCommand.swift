import CanvassCoding
import CanvassCommandLine
import CanvassSimulator
import Foundation

/// `canvass-bench simulate`
enum SimulateCommand {
    private static let seeds = Option(
        "seeds", .integer(in: 1...100_000_000), default: 500, placeholder: "N", "How many seeds to run.")
    private static let first = Option(
        "first", .integer(in: 0 ... .max), default: 1, placeholder: "SEED",
        "The first seed; the next ones count up from it.")
    private static let replay = Option(
        "replay", .path, placeholder: "TAPE", "Run the tape in this file instead, and show what happens.")
    private static let isVerbose = Option(flag: "trace", "Show what happens in each run.")

    static let command = Command(
        "simulate", "Run replicas and a relay through seeded faults, and check that nothing is lost.",
        discussion: """
            Each seed is one run: real replicas and a real relay in memory, with disks that lose power, a network that \
            loses, repeats and delays, and clocks that are wrong. A seed always gives the same run. Where a promise is \
            broken, the run is made as short as it can be, and its tape is printed: --replay shows it again. Exits with 1 \
            where a seed failed.
            """,
        examples: [
            Example("canvass-bench simulate --seeds 2000", "Run 2,000 seeds."),
            Example("canvass-bench simulate --seeds 1 --first 4711 --trace", "Show what happens in one of them."),
            Example("canvass-bench simulate --replay failure.tape", "Show a failure again."),
        ],
        options: [seeds, first, replay, isVerbose]
    ) { arguments, output in
        Interrupt.install()
        let simulator = try Simulator()
        if let path = arguments[replay] { return try show(path, simulator, output) }
        return try run(arguments, simulator, output)
    }

    private static func show(_ path: String, _ simulator: Simulator, _ output: Output) throws -> ExitCode {
        let tape: Tape
        do {
            tape = try Tape(text: String(decoding: Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self))
        } catch let error as TapeError {
            throw UserError(code: "tape.malformed", "\(path) is no tape", why: error.description)
        }
        let outcome = simulator.run(tape) { output.print("\($0)") }
        output.print("trace \(String(outcome.traceHash, radix: 16))")
        guard let failure = outcome.failure else { return .done }
        output.print("\(failure)")
        return .failed
    }

    private static func run(
        _ arguments: ParsedArguments, _ simulator: Simulator, _ output: Output
    ) throws -> ExitCode {
        let clock = ContinuousClock()
        let begin = clock.now
        var failures: [(seed: UInt64, failure: SimulationFailure)] = []
        var changes = 0
        var count = 0
        for offset in 0..<arguments[seeds] {
            if Interrupt.isRequested { break }
            let seed = UInt64(arguments[first]) &+ UInt64(offset)
            let outcome = simulator.run(
                Tape(seed: seed), listener: arguments[isVerbose] ? { output.print("\($0)") } : nil)
            count += 1
            changes += outcome.changes
            guard let failure = outcome.failure else { continue }
            failures.append((seed, failure))
            report(seed, failure, simulator, output)
            if failures.count == 10 { break }
        }
        let seconds = Double((clock.now - begin) / .milliseconds(1)) / 1_000
        let perMinute = seconds > 0 ? Int(Double(count) / seconds * 60) : 0
        if output.isJSON {
            output.emit(
                [
                    "seeds": .integer(Int64(count)), "failures": .integer(Int64(failures.count)),
                    "changes": .integer(Int64(changes)), "seconds": Value(seconds),
                    "seedsPerMinute": .integer(Int64(perMinute)),
                    "failed": .list(
                        failures.map { ["seed": .text("\($0.seed)"), "failure": .text("\($0.failure)")] }),
                ])
        } else {
            output.print(
                "\(count) seeds, \(changes) changes, \(failures.count) failures; \(perMinute) seeds a minute")
        }
        return failures.isEmpty ? .done : .failed
    }

    private static func report(
        _ seed: UInt64, _ failure: SimulationFailure, _ simulator: Simulator, _ output: Output
    ) {
        output.warn("seed \(seed): \(failure)")
        var shrinker = Shrinker(runs: 1_500) { simulator.run($0).failure?.promise == failure.promise }
        let tape = shrinker.shrink(Tape(seed: seed))
        output.note("the shortest tape that was found, which breaks \(simulator.run(tape).failure?.description ?? ""):")
        for line in tape.text.split(separator: "\n") { output.note("\(String(line))") }
    }
}
