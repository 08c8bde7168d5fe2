/// What a file of options adds to a command line.
extension ArgumentParser {
    /// The mentions of options in a file, by the name of the option. Each name has to be an option of some command.
    static func occurrences(
        in text: String, path: String, of program: Program
    ) throws(UserError) -> [String: [Occurrence]] {
        let known = allOptions(below: program.root) + program.commonOptions.map(\.specification)
        var occurrences: [String: [Occurrence]] = [:]
        for line in try ConfigurationFile.lines(of: text, path: path) {
            let place = "\(path), line \(line.number)"
            guard let specification = known.first(where: { $0.name == line.name }), line.name != "config" else {
                let nearest = NearestName.find(line.name, in: known.map(\.name))
                throw UserError(
                    code: "usage.configuration", "\"\(line.name)\" is no option", place: place,
                    remedy: nearest.map { "Did you mean \($0)?" } ?? "See the options with --help.", exitCode: .usage)
            }
            guard specification.isRepeatable || occurrences[line.name] == nil else {
                throw UserError(
                    code: "usage.configuration", "\(line.name) stands there twice", place: place,
                    remedy: "Remove one of the lines.", exitCode: .usage)
            }
            let spelling = "\(place): \(line.name)"
            if specification.takesValue {
                occurrences[line.name, default: []].append(
                    Occurrence(spelling: spelling, text: line.value, isNegated: false))
            } else {
                guard let isOn = ["true": true, "false": false][line.value] else {
                    throw UserError.invalid(spelling, text: line.value, InvalidArgument("true or false"))
                }
                occurrences[line.name] = [Occurrence(spelling: spelling, text: "", isNegated: !isOn)]
            }
        }
        return occurrences
    }

    private static func allOptions(below command: Command) -> [OptionSpecification] {
        command.options.map(\.specification) + command.subcommands.flatMap { allOptions(below: $0) }
    }
}
