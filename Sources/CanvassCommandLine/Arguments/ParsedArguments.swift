/// The arguments of one run of a command, checked and typed.
package struct ParsedArguments: Sendable {
    /// The names that led to the command: ["canvass", "survey", "import"].
    package let commandPath: [String]
    private let options: [String: any ResolvedArgument]
    private let positionals: [String: any ResolvedArgument]

    init(
        commandPath: [String], options: [String: any ResolvedArgument], positionals: [String: any ResolvedArgument]
    ) {
        self.commandPath = commandPath
        self.options = options
        self.positionals = positionals
    }

    /// The result of an option. Reading one that the command does not declare is a programmer's mistake.
    package subscript<Result>(_ option: Option<Result>) -> Result {
        guard let resolved = options[option.specification.name] as? Resolved<Result> else {
            preconditionFailure("\(commandPath) does not declare --\(option.specification.name)")
        }
        return resolved.value
    }

    /// The result of a positional argument. Reading one that the command does not declare is a programmer's mistake.
    package subscript<Result>(_ positional: Positional<Result>) -> Result {
        guard let resolved = positionals[positional.specification.name] as? Resolved<Result> else {
            preconditionFailure("\(commandPath) does not declare \(positional.specification.name)")
        }
        return resolved.value
    }
}
