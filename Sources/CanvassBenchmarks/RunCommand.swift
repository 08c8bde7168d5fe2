import CanvassCommandLine
import Foundation

/// `canvass-bench` and `canvass-bench check`
enum RunCommand {
    static let names = Positional(
        repeating: "BENCHMARK", .text,
        "What to run: \(everything), which it is when left out, or names. `canvass-bench list` shows them.")
    private static let isQuick = Option(flag: "quick", "Take few rounds of little: a look, not a measurement.")
    private static let isMillion = Option(flag: "million", "Let growth go on to a million responses.")
    private static let data = Option(
        "data", .path, placeholder: "DIR", "The folder with form.xlsx and responses.csv of a real survey.")
    static let scratch = Option(
        "scratch", .path, placeholder: "DIR", "Where the databases are made; a new folder in it, removed at the end.")
    private static let limits = Option(
        "thresholds", .path, placeholder: "FILE", "Limits and targets in place of those that come with the program.")

    static let options: [any OptionDeclaration] = [isQuick, isMillion, data, scratch, limits]

    /// The name that stands for all benchmarks that are part of it.
    private static let everything = "all"

    static let check = Command(
        "check", "Measure, and fail where a figure is over its limit.",
        discussion: """
            Limits say that something got worse, as multiples of the anchor wherever there is one. Targets say what \
            Canvass wants to be; which are missed is told, and fails nothing. Both stand in one file, thresholds.json.

            Exits with 1 where a figure is over its limit, after printing all of them, with what was measured, where \
            the limit comes from and what to do.
            """,
        examples: [Example("canvass-bench check record", "Check what it costs to record a response.")],
        positionals: [names]
    ) { arguments, output in
        let findings = try await run(arguments, output)
        findings.explain(on: output)
        try findings.requireKept()
        return .done
    }

    @Sendable static func measure(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        _ = try await run(arguments, output)
        return .done
    }

    /// Runs what the arguments name and prints it, each benchmark as soon as it is done; JSON at the end.
    private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> Findings {
        Interrupt.install()
        let selected = try benchmarks(named: arguments[names])
        let thresholds = try arguments[limits].map(Thresholds.init(path:)) ?? Thresholds.standard()
        let session = BenchmarkSession(
            isQuick: arguments[isQuick], isMillion: arguments[isMillion],
            surveyData: SurveyData.find(arguments[data]), scratch: try ScratchFolder(in: arguments[scratch]))
        #if DEBUG
            output.warn("this is a debug build, whose figures say nothing; build with `swift build -c release`")
        #endif
        let presentation = Presentation(output, thresholds)
        output.note("databases in \(session.scratch.url.path)\(session.isQuick ? "; few rounds" : "")")
        var outcomes: [BenchmarkOutcome] = []
        for benchmark in selected {
            try session.checkInterrupt()
            output.note("\(benchmark.name): \(benchmark.summary)")
            let outcome = try await session.run(benchmark)
            presentation.show(outcome)
            outcomes.append(outcome)
        }
        presentation.finish(outcomes, session)
        return Findings(outcomes, session, thresholds)
    }

    private static func benchmarks(named names: [String]) throws(UserError) -> [any Benchmark] {
        let known = BenchmarkProgram.benchmarks
        for name in names where name != everything && !known.contains(where: { $0.name == name }) {
            throw UserError(
                code: "usage.unknown-benchmark", "\"\(name)\" is no benchmark",
                remedy: "choose \(everything), or from \(known.map(\.name).joined(separator: ", "))", exitCode: .usage)
        }
        let isAll = names.isEmpty || names.contains(everything)
        return known.filter { names.contains($0.name) || (isAll && $0.isPartOfAll) }
    }
}
