import CanvassCommandLine
import Foundation

/// `canvass-bench` and `canvass-bench check`
enum RunCommand {
    static let names = Positional(
        repeating: "BENCHMARK", .text, "What to run; everything when left out. `canvass-bench list` shows the names.")
    private static let isQuick = Option(flag: "quick", "Take few rounds: a look, not a measurement.")
    private static let data = Option(
        "data", .path, placeholder: "DIR", "The folder with form.xlsx and responses.csv of a real survey.")
    static let scratch = Option(
        "scratch", .path, placeholder: "DIR", "Where the databases are made; a new folder in it, removed at the end.")

    static let options: [any OptionDeclaration] = [isQuick, data, scratch]

    static let check = Command(
        "check", "Measure, and fail where a figure is over its limit.",
        discussion: "Exits with 1 where a figure is over its limit, after printing all of them.",
        examples: [Example("canvass-bench check record", "Check what it costs to record a response.")],
        positionals: [names]
    ) { arguments, output in
        let outcomes = try await run(arguments, output)
        let over = outcomes.flatMap(\.figures).filter { $0.verdict == .over }
        guard over.isEmpty else {
            throw UserError(
                code: "limit.exceeded",
                over.count == 1 ? "one figure is over its limit" : "\(over.count) figures are over their limits",
                why: over.map(\.explanation).joined(separator: "; "),
                remedy: "times depend on other load, so measure them again on a quiet machine; sizes do not")
        }
        return .done
    }

    @Sendable static func measure(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        _ = try await run(arguments, output)
        return .done
    }

    /// Runs what the arguments name and prints it, each benchmark as soon as it is done; JSON at the end.
    private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> [BenchmarkOutcome] {
        Interrupt.install()
        let selected = try benchmarks(named: arguments[names])
        let session = BenchmarkSession(
            isQuick: arguments[isQuick], surveyData: SurveyData.find(arguments[data]),
            scratch: try ScratchFolder(in: arguments[scratch]))
        #if DEBUG
            output.warn("this is a debug build, whose figures say nothing; build with `swift build -c release`")
        #endif
        let presentation = Presentation(output)
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
        return outcomes
    }

    private static func benchmarks(named names: [String]) throws(UserError) -> [any Benchmark] {
        let all = BenchmarkProgram.benchmarks
        for name in names where !all.contains(where: { $0.name == name }) {
            throw UserError(
                code: "usage.unknown-benchmark", "\"\(name)\" is no benchmark",
                remedy: "choose from \(all.map(\.name).joined(separator: ", "))", exitCode: .usage)
        }
        return names.isEmpty ? all : all.filter { names.contains($0.name) }
    }
}
