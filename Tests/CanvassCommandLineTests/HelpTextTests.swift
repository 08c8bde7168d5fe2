import CanvassCommandLine
import Testing

@Suite struct HelpTextTests {
    static let listHelp = """
        Usage: canvass survey list [OPTION]...

        List surveys.

        Surveys are listed in the order in which they were created, with the number of
        responses that this replica holds.

        Those of other campaigns are left out.

        Options:
          -a, --all             Include what is archived.
          -n, --limit N         List at most N surveys. (default: 20)
              --language CODE   Show labels in this language.
          -f, --format csv|json|xlsx
                                How to write it. (default: csv)
          -F, --filter TEXT     Keep what matches. (may be repeated)
              --since DURATION  How far back to look. (default: 1h30m)
              --weight NUMBER   Weight of the answers.
              --[no-]pager      Page long listings.

        Common options:
          -v, --verbose       Say more.
              --replica PATH  The replica to work on. (or $CANVASS_REPLICA)
              --json          Write the result, and errors, as JSON.
              --no-color      Write no colours, even to a terminal.
          -h, --help          Show this help.

        Examples:
          canvass survey list --limit 5
              Lists five surveys.
          canvass survey list -f json
              Lists them for another program.

        """

    @Test func `help lists everything a command takes`() async {
        let help = await RunOutcome.of(["survey", "list", "--help"]).output
        #expect(help.split(separator: "\n") == Self.listHelp.split(separator: "\n"))
        #expect(help == Self.listHelp)
    }

    @Test(arguments: [
        [], ["survey"], ["survey", "list"], ["survey", "import"], ["survey", "show"], ["say"], ["conflicts"],
    ])
    func `help fits 80 columns and ends with an example`(_ path: [String]) async throws {
        let lines = await RunOutcome.of(path + ["--help"]).output.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 80 })
        let heading = try #require(lines.lastIndex { !$0.hasPrefix(" ") })
        #expect(lines[heading].hasPrefix("Example"))
        #expect(heading < lines.endIndex - 1)
    }

    @Test func `help is at most 80 columns on a wide terminal and narrower on a narrow one`() async {
        for (columns, limit) in [(200, 80), (50, 50), (5, 40)] {
            let standard = CapturedStream(isTerminal: true, columns: columns, environment: ["NO_COLOR": "1"])
            _ = await Sample.program().run(
                ["survey", "list", "--help"], environment: Environment([:]), standard: standard.stream,
                errors: CapturedStream().stream)
            let widest = standard.text.split(separator: "\n").map(\.count).max() ?? 0
            #expect(widest <= limit)
            #expect(widest > limit - 15)
        }
    }

    @Test func `the usage line shows what has to be given`() async {
        let load = await RunOutcome.of(["survey", "import", "--help"]).output
        #expect(load.hasPrefix("Usage: canvass survey import --goal N [OPTION]... FILE...\n"))
        let show = await RunOutcome.of(["survey", "show", "--help"]).output
        #expect(show.hasPrefix("Usage: canvass survey show [OPTION]... NAME [COLUMN]\n"))
        let conflicts = await RunOutcome.of(["conflicts", "--help"]).output
        #expect(conflicts.hasPrefix("Usage: canvass conflicts [OPTION]... [COMMAND]\n"))
        #expect(await RunOutcome.of(["--help"]).output.hasPrefix("Usage: canvass [OPTION]... COMMAND\n"))
    }

    enum Metric: String, CaseIterable, Sendable {
        case promoters, satisfaction, effort, churn, retention
    }

    @Test func `many choices are listed in the text, where they can be wrapped`() async {
        let metric = Option("metric", .choice(of: Metric.self), default: .effort, "What to report.")
        let report = Command("report", "Report.", examples: [Example("report", "Reports.")], options: [metric]) {
            arguments, output in
            output.print("\(arguments[metric].rawValue)")
            return .done
        }
        let standard = CapturedStream()
        _ = await Program(root: report, version: "1").run(
            ["--help"], environment: Environment([:]), standard: standard.stream, errors: CapturedStream().stream)
        let lines = standard.text.split(separator: "\n")
        #expect(lines.contains("      --metric CHOICE  What to report. (one of promoters, satisfaction, effort,"))
        #expect(lines.contains("                       churn, retention; default: effort)"))
    }
}
