import CanvassCommandLine
import Testing

@Suite struct ProgramTests {
    @Test func `--version names the program and its version`() async {
        let outcome = await RunOutcome.of(["--version"])
        #expect(outcome.code == .done)
        #expect(outcome.output == "canvass 1.2.3\n")
    }

    @Test(arguments: [["--help"], ["-h"], ["--he"], ["help"]])
    func `help is a result`(_ arguments: [String]) async {
        let outcome = await RunOutcome.of(arguments)
        #expect(outcome.code == .done)
        #expect(outcome.output.hasPrefix("Usage: canvass "))
        #expect(outcome.errors.isEmpty)
    }

    @Test(arguments: [
        ["help", "survey", "list"], ["survey", "list", "--help"], ["survey", "list", "-vh", "--bogus"],
    ])
    func `help is on the command that was named`(_ arguments: [String]) async {
        let outcome = await RunOutcome.of(arguments)
        #expect(outcome.code == .done)
        #expect(outcome.output.hasPrefix("Usage: canvass survey list "))
    }

    @Test(arguments: [[], ["survey"], ["-v"]])
    func `a group without a command shows its help as an error`(_ arguments: [String]) async {
        let outcome = await RunOutcome.of(arguments)
        #expect(outcome.code == .usage)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("Usage: canvass"))
    }

    @Test func `the code of the command is the code of the process`() async {
        #expect(await RunOutcome.of(["say", "findings"]).code == .findings)
        #expect([ExitCode.done, .failed, .usage, .findings].map(\.rawValue) == [0, 1, 2, 3])
    }

    @Test func `an error says what, where, why and what to do`() async {
        let outcome = await RunOutcome.of(["say", "user-error"])
        #expect(outcome.code == .failed)
        #expect(outcome.errors == "canvass: it broke\n  Where: here\n  Why: because\n  Try: Fix it.\n")
        #expect(outcome.output.isEmpty)
    }

    @Test func `an error with --json is one JSON object on one line`() async {
        let outcome = await RunOutcome.of(["say", "user-error", "--json"])
        #expect(
            outcome.errors
                == #"{"error":{"code":"test","message":"it broke","where":"here","why":"because","remedy":"Fix it."}}"#
                + "\n")
    }

    @Test func `a usage error with --json is JSON too`() async {
        let outcome = await RunOutcome.of(["survey", "list", "--bogus", "--json"])
        #expect(outcome.code == .usage)
        #expect(outcome.errors.hasPrefix(#"{"error":{"code":"usage.unknown-option","message":"--bogus is not"#))
        let operand = await RunOutcome.of(["--bogus", "--", "--json"])
        #expect(operand.errors.hasPrefix("canvass: --bogus"))
    }

    @Test func `an error of a lower layer is explained by the program, or described`() async {
        let known = await RunOutcome.of(["say", "known-error"])
        #expect(known.code == .findings)
        #expect(known.errors == "canvass: known\n")
        let unknown = await RunOutcome.of(["say", "unknown-error"])
        #expect(unknown.code == .failed)
        #expect(unknown.errors == "canvass: UnknownToProgram()\n")
    }

    /// ENOSPC is 28 and EPIPE 32 on Linux and macOS alike.
    @Test(arguments: [(Int32(28), ExitCode.failed), (32, .done)])
    func `a result that could not be written is a failure, a reader that left is not`(
        _ failure: Int32, _ expected: ExitCode
    ) async {
        let errors = CapturedStream()
        let code = await Sample.program().run(
            ["say", "hello"], environment: Environment([:]), standard: CapturedStream(failure: failure).stream,
            errors: errors.stream)
        #expect(code == expected)
        #expect(errors.text.contains("could not be written") == (expected == .failed))
    }

    @Test func `--no-color takes the colour out of results and errors`() async {
        for (arguments, isColored) in [
            (["say", "user-error"], true), (["say", "user-error", "--no-color"], false),
            (["--bogus", "--no-color"], false),
        ] {
            let errors = CapturedStream(isTerminal: true)
            _ = await Sample.program().run(
                arguments, environment: Environment([:]), standard: CapturedStream().stream, errors: errors.stream)
            #expect(errors.text.contains("\u{1B}[") == isColored)
        }
    }

    @Test func `the process writes to its own streams and exits with the code`() async throws {
        let result = try #require(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardErrorContent]) {
                await Sample.program().main()
            })
        #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("canvass"))
    }
}
