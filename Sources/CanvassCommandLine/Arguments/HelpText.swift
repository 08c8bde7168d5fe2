/// The help of one command: usage, what it does, what it takes, its subcommands, and examples last, where they are seen.
struct HelpText {
    private let path: [Command]
    private let program: Program
    private let width: Int
    private var lines: [StyledText] = []

    /// Beyond this a label gets a line of its own.
    private static let labelColumn = 26

    /// - Parameter width: of the terminal; help is at most 80 columns, the width of a comfortable line.
    static func lines(for path: [Command], of program: Program, width: Int) -> [StyledText] {
        var help = HelpText(path: path, program: program, width: min(max(width, 40), 80))
        help.compose()
        return help.lines
    }

    private init(path: [Command], program: Program, width: Int) {
        self.path = path
        self.program = program
        self.width = width
    }

    private mutating func compose() {
        guard let command = path.last else { return }
        addUsage(command)
        addParagraph(command.summary)
        addParagraph(command.discussion)
        addSection("Arguments", command.positionals.map { label($0.specification) })
        let inherited = path.dropLast().flatMap(\.options)
        addSection("Options", command.options.map { label($0.specification) })
        addSection("Commands", command.subcommands.map { ($0.name, $0.summary) })
        let isRoot = path.count == 1
        let common = program.commonOptions.filter {
            isRoot || $0.specification.name != CommonOptions.version.specification.name
        }
        addSection("Common options", (inherited + common).map { label($0.specification) })
        if isRoot, !command.subcommands.isEmpty {
            addParagraph("`\(command.name) help COMMAND` shows the help of a command.")
        }
        addExamples(command.examples)
    }

    private mutating func addUsage(_ command: Command) {
        let required = (path.flatMap(\.options) + program.commonOptions).map(\.specification).filter(\.isRequired)
            .map { "--\($0.name) \($0.placeholder ?? "")" }
        var words = required + ["[OPTION]..."]
        if command.run != nil { words += command.positionals.map(\.specification.usage) }
        if !command.subcommands.isEmpty { words.append(command.run == nil ? "COMMAND" : "[COMMAND]") }
        let name = "Usage: " + path.spelled
        // Continuation lines stand under the first word after the name.
        let indent = String(repeating: " ", count: DisplayWidth.of(name) + 1)
        let wrapped = wrap(words.joined(separator: " "), width: width, indent: indent)
        for (index, line) in wrapped.enumerated() {
            let rest = StyledText(String(line.dropFirst(indent.count)))
            lines.append(StyledText(index == 0 ? name : "", .bold).padded(to: indent.count) + rest)
        }
    }

    private mutating func addParagraph(_ text: String) {
        guard !text.isEmpty else { return }
        lines.append("")
        lines += wrap(text, width: width).map { StyledText($0) }
    }

    private mutating func addSection(_ title: String, _ entries: [(label: String, text: String)]) {
        guard !entries.isEmpty else { return }
        lines += ["", StyledText(title + ":", .bold)]
        let widest = entries.map { DisplayWidth.of($0.label) }.filter { $0 <= Self.labelColumn - 4 }.max() ?? 0
        let column = min(widest + 4, Self.labelColumn)
        for entry in entries {
            var text = wrap(entry.text, width: width - column)
            let fits = DisplayWidth.of(entry.label) + 4 <= column
            let first = fits ? text.removeFirst() : ""
            let label = StyledText("  " + entry.label, .cyan)
            lines.append(first.isEmpty ? label : label.padded(to: column) + StyledText(first))
            lines += text.map { StyledText("").padded(to: column) + StyledText($0) }
        }
    }

    private mutating func addExamples(_ examples: [Example]) {
        lines += ["", StyledText(examples.count == 1 ? "Example:" : "Examples:", .bold)]
        for example in examples {
            lines.append(StyledText("  " + example.command, .cyan))
            lines += wrap(example.explanation, width: width, indent: "      ").map { StyledText($0) }
        }
    }

    private func label(_ option: OptionSpecification) -> (label: String, text: String) {
        let short = option.short.map { "-\($0), " } ?? "    "
        let long = (option.isNegatable ? "--[no-]" : "--") + option.name
        let value = option.placeholder.map { " " + $0 } ?? ""
        var facts: [String] = []
        let isListed = option.choices.joined(separator: "|") == option.placeholder
        if !option.choices.isEmpty, !isListed { facts.append("one of \(option.choices.joined(separator: ", "))") }
        if option.isRequired { facts.append("required") }
        if option.isRepeatable { facts.append("may be repeated") }
        if let variable = option.environmentVariable { facts.append("or $\(variable)") }
        if let text = option.defaultText { facts.append("default: \(text)") }
        let addition = facts.isEmpty ? "" : " (\(facts.joined(separator: "; ")))"
        return (short + long + value, option.summary + addition)
    }

    private func label(_ positional: PositionalSpecification) -> (label: String, text: String) {
        let choices = positional.choices.isEmpty ? "" : " (\(positional.choices.joined(separator: ", ")))"
        return (positional.name, positional.summary + choices)
    }
}
