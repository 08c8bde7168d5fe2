/// What help and the parser need to know about an option, whatever its type.
package struct OptionSpecification: Sendable {
    /// Without the dashes.
    package let name: String
    package let short: Character?
    package let summary: String
    /// What stands for the value in help; nil for a flag, which takes none.
    package let placeholder: String?
    package let choices: [String]
    /// Whether `--no-NAME` is accepted too.
    package let isNegatable: Bool
    package let isRequired: Bool
    package let isRepeatable: Bool
    /// The variable that is read when the option is not given.
    package let environmentVariable: String?
    package let defaultText: String?

    var takesValue: Bool { placeholder != nil }
}

/// One mention of an option on the command line.
package struct Occurrence: Sendable {
    /// As it was typed, for messages: "--limit", "-n", "$CANVASS_REPLICA".
    package let spelling: String
    /// Empty for a flag.
    package let text: String
    package let isNegated: Bool
}

/// An option of any type, so that a command can list them.
package protocol OptionDeclaration: Sendable {
    var specification: OptionSpecification { get }

    /// The result of all mentions, in the order they were typed.
    func resolve(_ occurrences: [Occurrence]) throws(UserError) -> any ResolvedArgument
}

/// The typed result of an argument, erased.
package protocol ResolvedArgument: Sendable {}

struct Resolved<Result: Sendable>: ResolvedArgument {
    let value: Result
}
