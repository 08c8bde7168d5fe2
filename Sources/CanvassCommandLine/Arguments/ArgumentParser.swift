/// Reads a command line by the conventions of POSIX (XBD 12.2) and GNU (Standards for Command Line Interfaces):
/// `--name value`, `--name=value`, `-n value`, `-nvalue`, bundled flags, options anywhere, `--` before operands that start
/// with a dash.
struct ArgumentParser {
    private let environment: Environment
    private let program: Program
    private var path: [Command]
    private var table = OptionTable()
    private var occurrences: [String: [Occurrence]] = [:]
    private var operands: [String] = []
    /// Not yet read, the next one last.
    private var rest: [String]

    private init(_ arguments: [String], of program: Program, environment: Environment) {
        self.environment = environment
        self.program = program
        path = [program.root]
        rest = arguments.reversed()
        table.add(program.commonOptions)
        table.add(program.root.options)
    }

    /// - Parameter arguments: without the name of the program.
    /// - Throws: `UserError` with exit code 2, naming the argument.
    static func parse(
        _ arguments: [String], of program: Program, environment: Environment
    ) throws(UserError) -> Invocation {
        var parser = ArgumentParser(arguments, of: program, environment: environment)
        do {
            return try parser.parse()
        } catch {
            throw error.addingHelp(for: parser.path)
        }
    }

    private var command: Command { path[path.count - 1] }

    private mutating func parse() throws(UserError) -> Invocation {
        while let argument = rest.popLast() {
            if argument == "--" {
                operands += rest.reversed()
                rest = []
            } else if argument.hasPrefix("--") {
                try readLong(argument.dropFirst(2))
            } else if argument.hasPrefix("-"), argument != "-" {
                try readShort(argument.dropFirst())
            } else if operands.isEmpty, path.count == 1, argument == "help", !command.subcommands.isEmpty {
                return try helpOnRest()
            } else {
                try readOperand(argument)
            }
            if occurrences["help"] != nil { return .help(path) }
            if occurrences["version"] != nil { return .version }
        }
        return command.run == nil ? .incomplete(path) : .run(command, try resolve())
    }

    private mutating func readLong(_ argument: Substring) throws(UserError) {
        let equals = argument.firstIndex(of: "=")
        let entry = try table.long(String(argument[..<(equals ?? argument.endIndex)]))
        let spelling = "--" + entry.name
        let attached = equals.map { String(argument[argument.index(after: $0)...]) }
        switch (entry.option.specification.takesValue, attached) {
        case (true, let value?): record(entry.option, spelling, value)
        case (true, nil): record(entry.option, spelling, try nextValue(of: spelling, entry.option))
        case (false, nil): record(entry.option, spelling, "", isNegated: entry.isNegation)
        case (false, _?):
            throw .usage("unexpected-value", "\(spelling) takes no value", remedy: "Write \(spelling) alone.")
        }
    }

    /// Reads one bundle: flags, then at most one option that takes the rest of the bundle or the next argument.
    private mutating func readShort(_ bundle: Substring) throws(UserError) {
        var letters = bundle
        while let letter = letters.popFirst() {
            let spelling = "-\(letter)"
            guard let option = table.short(letter) else {
                throw .usage(
                    "unknown-option", "\(spelling) is not an option here",
                    remedy: "Write -- before an argument that starts with a dash.")
            }
            guard option.specification.takesValue else {
                record(option, spelling, "")
                continue
            }
            record(option, spelling, try letters.isEmpty ? nextValue(of: spelling, option) : String(letters))
            return
        }
    }

    private mutating func nextValue(of spelling: String, _ option: any OptionDeclaration) throws(UserError) -> String {
        guard let value = rest.popLast() else {
            throw .usage("missing-value", "\(spelling) needs a value: \(option.specification.placeholder ?? "")")
        }
        return value
    }

    private mutating func record(
        _ option: any OptionDeclaration, _ spelling: String, _ text: String, isNegated: Bool = false
    ) {
        let occurrence = Occurrence(spelling: spelling, text: text, isNegated: isNegated)
        occurrences[option.specification.name, default: []].append(occurrence)
    }

    private mutating func readOperand(_ operand: String) throws(UserError) {
        guard operands.isEmpty, !command.subcommands.isEmpty else {
            operands.append(operand)
            return
        }
        if let subcommand = command.subcommand(operand) {
            path.append(subcommand)
            table.add(subcommand.options)
        } else if command.run == nil || command.positionals.isEmpty {
            throw unknownCommand(operand)
        } else {
            operands.append(operand)
        }
    }

    /// `canvass help survey import`
    private mutating func helpOnRest() throws(UserError) -> Invocation {
        while let name = rest.popLast() {
            guard let subcommand = command.subcommand(name) else { throw unknownCommand(name) }
            path.append(subcommand)
        }
        return .help(path)
    }

    private func unknownCommand(_ name: String) -> UserError {
        let names = command.subcommands.map(\.name)
        return .usage(
            "unknown-command", "\"\(name)\" is not a command of \(path.spelled)",
            remedy: NearestName.find(name, in: names).map { "Did you mean \($0)?" } ?? "")
    }

    private func resolve() throws(UserError) -> ParsedArguments {
        let configured = try fromConfiguration()
        var options: [String: any ResolvedArgument] = [:]
        for option in table.options {
            let name = option.specification.name
            let given = occurrences[name] ?? fromEnvironment(option.specification) ?? configured[name] ?? []
            options[name] = try option.resolve(given)
        }
        var positionals: [String: any ResolvedArgument] = [:]
        var remaining = operands[...]
        for positional in command.positionals {
            let specification = positional.specification
            let share = if case .repeating = specification.arity { remaining } else { remaining.prefix(1) }
            remaining = remaining.dropFirst(share.count)
            positionals[specification.name] = try positional.resolve(Array(share))
        }
        if let extra = remaining.first {
            throw .usage("unexpected-argument", "\"\(extra)\" is one argument too many for \(path.spelled)")
        }
        return ParsedArguments(commandPath: path.map(\.name), options: options, positionals: positionals)
    }

    /// Empty where the command takes no such file, or none was named.
    private func fromConfiguration() throws(UserError) -> [String: [Occurrence]] {
        guard let file = program.configuration else { return [:] }
        let specification = file.option.specification
        guard table.options.contains(where: { $0.specification.name == specification.name }),
            let path = (occurrences[specification.name] ?? fromEnvironment(specification))?.last?.text
        else { return [:] }
        return try Self.occurrences(in: file.read(path), path: path, of: program)
    }

    private func fromEnvironment(_ specification: OptionSpecification) -> [Occurrence]? {
        guard let variable = specification.environmentVariable, let text = environment[variable] else { return nil }
        return [Occurrence(spelling: "$" + variable, text: text, isNegated: false)]
    }
}

extension [Command] {
    /// "canvass survey import"
    var spelled: String { map(\.name).joined(separator: " ") }
}

extension UserError {
    fileprivate func addingHelp(for path: [Command]) -> UserError {
        var error = self
        let help = "See what it takes with `\(path.spelled) --help`."
        error.remedy = remedy.isEmpty ? help : "\(remedy) \(help)"
        return error
    }
}
