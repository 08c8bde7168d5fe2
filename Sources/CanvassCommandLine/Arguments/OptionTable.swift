/// The options that are known at one point of a command line, found by what was typed.
struct OptionTable {
    /// An option under one of its long names.
    struct Entry {
        let name: String
        let option: any OptionDeclaration
        let isNegation: Bool
    }

    private(set) var options: [any OptionDeclaration] = []
    private var entries: [Entry] = []

    mutating func add(_ added: [any OptionDeclaration]) {
        for option in added {
            let specification = option.specification
            insert(Entry(name: specification.name, option: option, isNegation: false))
            if specification.isNegatable {
                insert(Entry(name: "no-" + specification.name, option: option, isNegation: true))
            }
            let isShortFree = specification.short.map { short($0) == nil } ?? true
            precondition(isShortFree, "Two options share the letter of --\(specification.name)")
            options.append(option)
        }
    }

    private mutating func insert(_ entry: Entry) {
        precondition(!entries.contains { $0.name == entry.name }, "Two options are called --\(entry.name)")
        entries.append(entry)
    }

    func short(_ letter: Character) -> (any OptionDeclaration)? {
        options.first { $0.specification.short == letter }
    }

    /// The option of an exact long name, or of a prefix that fits no other (GNU getopt_long).
    func long(_ typed: String) throws(UserError) -> Entry {
        if let exact = entries.first(where: { $0.name == typed }) { return exact }
        let candidates = entries.filter { !typed.isEmpty && $0.name.hasPrefix(typed) }
        if let only = candidates.first, candidates.count == 1 { return only }
        guard candidates.isEmpty else {
            let names = candidates.map { "--" + $0.name }.joined(separator: ", ")
            throw .usage("ambiguous-option", "--\(typed) is ambiguous", remedy: "Write one of \(names).")
        }
        let nearest = NearestName.find(typed, in: entries.map(\.name))
        throw .usage(
            "unknown-option", "--\(typed) is not an option here",
            remedy: nearest.map { "Did you mean --\($0)?" } ?? "")
    }
}
