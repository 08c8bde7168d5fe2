import Canvass
import CanvassCommandLine

/// `canvass-bench`: the speed and size of Canvass, each figure beside an anchor that was measured in the same run.
enum BenchmarkProgram {
    /// Every benchmark, in the order in which they run: one file each.
    static let benchmarks: [any Benchmark] = [
        SegmentBenchmark(), RecordBenchmark(), ApplyBenchmark(), ImportBenchmark(), ReportBenchmark(),
        StartBenchmark(), SyncBenchmark(), InitialSyncBenchmark(), ScopesBenchmark(), RelayBenchmark(),
        GrowthBenchmark(), BuildBenchmark(), PeersBenchmark(),
    ]

    static let program = Program(
        root: Command(
            "canvass-bench", "Measure Canvass beside plain SQLite on this machine.",
            discussion: """
                Each figure is printed with its median, its 99th percentile (the greatest where there are fewer than \
                100 samples) and its anchor: the same bytes through plain SQLite or plain deflate, taken in turns with \
                it. Other load comes and goes, so ratios say more than times.

                Databases are made in the system's temporary folder. Where that lies in memory, a durable write costs \
                nothing there: name a folder on a disk with --scratch.

                The responses of a real survey are read from ../shared/data/sfo-2017 beside the checkout. Without them, \
                what needs them is skipped.

                Growth, the build and the peers take long, or need a network: they run by their names alone.
                """,
            examples: [
                Example("canvass-bench all", "Run every benchmark, in less than five minutes."),
                Example("canvass-bench record sync --quick", "Run two of them with few rounds."),
                Example("canvass-bench growth", "Show how figures grow with the number of responses."),
                Example("canvass-bench check --json", "Fail where a figure is over its limit."),
            ],
            options: RunCommand.options, positionals: [RunCommand.names],
            subcommands: [
                RunCommand.check, ListCommand.command, HistoriesCommand.command, PowerCutsCommand.command,
                BitFlipsCommand.command, SimulateCommand.command,
            ] + testsOfTheTests,
            run: RunCommand.measure),
        version: "0.1.0", explain: explain)

    #if PLANTED_BUGS
        private static let testsOfTheTests = [SimulateCommand.planted]
    #else
        private static let testsOfTheTests: [Command] = []
    #endif

    private static func explain(_ error: any Error) -> UserError? {
        guard let error = error as? CanvassError else { return nil }
        return UserError(code: error.code.rawValue, error.message, remedy: error.remedy)
    }
}
