#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An executable: its commands, its version, and the way from the command line to the exit code.
///
/// ```swift
/// @main enum Main {
///     static func main() async { await program.main() }
/// }
/// ```
package struct Program: Sendable {
    package let root: Command
    package let version: String
    /// Accepted by every command, before or after its name.
    package let commonOptions: [any OptionDeclaration]
    /// Where options may stand beside the command line; nil for a program that reads no such file.
    let configuration: ConfigurationFile?
    /// Turns the errors of the layers below into what a person can act on; nil where it does not know one.
    private let explain: @Sendable (any Error) -> UserError?

    /// - Parameter commonOptions: in addition to `--json`, `--no-color`, `--help` and `--version`.
    package init(
        root: Command, version: String, commonOptions: [any OptionDeclaration] = [],
        configuration: ConfigurationFile? = nil,
        explain: @escaping @Sendable (any Error) -> UserError? = { _ in nil }
    ) {
        self.root = root
        self.version = version
        self.configuration = configuration
        self.commonOptions =
            commonOptions + [CommonOptions.json, CommonOptions.noColor, CommonOptions.help, CommonOptions.version]
        self.explain = explain
    }

    /// Runs the command line of this process and ends it.
    package func main() async -> Never {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let code = await run(
            arguments, environment: .process, standard: TextStream(descriptor: STDOUT_FILENO),
            errors: TextStream(descriptor: STDERR_FILENO))
        exit(code.rawValue)
    }

    /// Runs one command line.
    /// - Parameter arguments: without the name of the program.
    package func run(
        _ arguments: [String], environment: Environment, standard: TextStream, errors: TextStream
    ) async -> ExitCode {
        let invocation: Invocation
        do {
            invocation = try ArgumentParser.parse(arguments, of: self, environment: environment)
        } catch {
            // What could not be parsed still says how its errors should look.
            let words = arguments.prefix { $0 != "--" }
            let plain = words.contains("--" + CommonOptions.noColor.specification.name)
            let isJSON = words.contains("--" + CommonOptions.json.specification.name)
            let output = makeOutput(standard, errors, hasColor: !plain, isJSON: isJSON)
            output.fail(error)
            return finish(output, error.exitCode)
        }
        switch invocation {
        case .version:
            let output = makeOutput(standard, errors)
            output.print("\(root.name) \(version)")
            return finish(output, .done)
        case .help(let path):
            let output = makeOutput(standard, errors)
            showHelp(path, on: output.standard)
            return finish(output, .done)
        case .incomplete(let path):
            let output = makeOutput(standard, errors)
            showHelp(path, on: output.errors)
            return finish(output, .usage)
        case .run(let command, let parsed):
            let output = makeOutput(
                standard, errors, hasColor: !parsed[CommonOptions.noColor], isJSON: parsed[CommonOptions.json])
            return finish(output, await run(command, parsed, output))
        }
    }

    private func run(_ command: Command, _ arguments: ParsedArguments, _ output: Output) async -> ExitCode {
        do {
            return try await command.run?(arguments, output) ?? .usage
        } catch {
            let explained = error as? UserError ?? explain(error) ?? UserError(String(describing: error))
            output.fail(explained)
            return explained.exitCode
        }
    }

    private func showHelp(_ path: [Command], on stream: TextStream) {
        for line in HelpText.lines(for: path, of: self, width: stream.capabilities.columns) { stream.write(line) }
    }

    private func makeOutput(
        _ standard: TextStream, _ errors: TextStream, hasColor: Bool = true, isJSON: Bool = false
    ) -> Output {
        Output(
            program: root.name, standard: hasColor ? standard : standard.withoutColor(),
            errors: hasColor ? errors : errors.withoutColor(), isJSON: isJSON)
    }

    /// Hands what is buffered to the system. A result that could not be written, on a full disk for instance, is a failure;
    /// a reader that has gone (`canvass list | head`) is not.
    private func finish(_ output: Output, _ code: ExitCode) -> ExitCode {
        var result = code
        if let failure = output.standard.flush(), failure != EPIPE {
            output.fail(
                UserError(
                    code: "output.failed", "the result could not be written",
                    why: String(cString: strerror(failure)), remedy: "Make room, or write to another place."))
            result = .failed
        }
        output.errors.flush()
        return result
    }
}
