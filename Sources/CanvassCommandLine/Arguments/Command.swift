/// A command: what it is called, what it takes and what it does. Commands nest: `canvass` › `survey` › `import`.
package struct Command: Sendable {
    /// What a command does. Results go to `Output`; anything thrown is shown as an error, and the process exits with its
    /// code.
    package typealias Run = @Sendable (ParsedArguments, Output) async throws -> ExitCode

    package let name: String
    /// One line, an imperative sentence with a full stop.
    package let summary: String
    /// Paragraphs, separated by empty lines, wrapped when shown.
    package let discussion: String
    /// At least one: an example is what most people read first.
    package let examples: [Example]
    /// Accepted after the command's name, before or after those of its subcommands.
    package let options: [any OptionDeclaration]
    package let positionals: [any PositionalDeclaration]
    package let subcommands: [Command]
    /// Nil for a group, which only holds subcommands.
    package let run: Run?

    package init(
        _ name: String, _ summary: String, discussion: String = "", examples: [Example],
        options: [any OptionDeclaration] = [], positionals: [any PositionalDeclaration] = [],
        subcommands: [Command] = [], run: Run? = nil
    ) {
        precondition(!examples.isEmpty, "Command \(name) has no example")
        precondition(run != nil || !subcommands.isEmpty, "Command \(name) does nothing")
        precondition(Set(subcommands.map(\.name)).count == subcommands.count, "Command \(name) has two of one name")
        precondition(Self.isDistributable(positionals), "Command \(name): required, then optional, then repeating")
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.examples = examples
        self.options = options
        self.positionals = positionals
        self.subcommands = subcommands
        self.run = run
    }

    package func subcommand(_ name: String) -> Command? {
        subcommands.first { $0.name == name }
    }

    /// Whether operands can be handed out from left to right without guessing.
    private static func isDistributable(_ positionals: [any PositionalDeclaration]) -> Bool {
        let ranks = positionals.map {
            switch $0.specification.arity {
            case .required: 0
            case .optional: 1
            case .repeating: 2
            }
        }
        return ranks == ranks.sorted() && ranks.count(where: { $0 == 2 }) <= 1
    }
}
