import CanvassCommandLine
import Foundation

/// What the benchmarks of one run share.
struct BenchmarkSession: Sendable {
    let isQuick: Bool
    /// Whether growth goes on to a million responses.
    let isMillion: Bool
    /// The real survey; nil where it is absent.
    let surveyData: SurveyData?
    let scratch: ScratchFolder

    static let relayIsAbsent = "canvass-relay was not built beside this executable"
    static let clientIsAbsent = "canvass was not built beside this executable"
    static let surveyDataIsAbsent = "there is no form.xlsx with responses.csv; name their folder with --data"

    /// The number of rounds to take.
    func rounds(_ full: Int, quick: Int) -> Int { isQuick ? quick : full }

    /// Ends the run between two rounds if somebody pressed Ctrl-C; whatever was started is ended on the way out.
    func checkInterrupt() throws(UserError) {
        guard Interrupt.isRequested else { return }
        throw UserError(
            code: "interrupted", "stopped on request",
            why: "the figures printed so far stand; the rest was not measured")
    }

    /// Another executable of the package, built beside this one; nil where it was not built.
    func executable(_ name: String) -> URL? {
        guard let own = Bundle.main.executableURL?.resolvingSymlinksInPath() else { return nil }
        let url = own.deletingLastPathComponent().appending(path: name)
        return FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
    }

    /// Runs a benchmark, with the time that it took and the memory at most.
    func run(_ benchmark: any Benchmark) async throws -> BenchmarkOutcome {
        var outcome = BenchmarkOutcome(benchmark: benchmark.name)
        PeakMemory.reset()
        let start = ContinuousClock.now
        try await benchmark.run(in: self, into: &outcome)
        outcome.seconds = start.secondsUntilNow
        outcome.peakMemoryBytes = PeakMemory.bytes()
        return outcome
    }
}
