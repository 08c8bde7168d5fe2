/// An option that is declared once, as a constant, and read with `arguments[option]`, whose type follows from how it was
/// declared: `Bool` for a flag, an optional without a default, a value with one, an array where it may be repeated.
///
/// ```swift
/// static let limit = Option("limit", short: "n", .integer(in: 1...500), default: 20, "List at most N responses.")
/// let limit: Int = arguments[Self.limit]
/// ```
package struct Option<Result: Sendable>: OptionDeclaration {
    package let specification: OptionSpecification
    private let result: @Sendable ([Occurrence]) throws(UserError) -> Result

    package func resolve(_ occurrences: [Occurrence]) throws(UserError) -> any ResolvedArgument {
        Resolved(value: try result(occurrences))
    }

    private init(
        _ specification: OptionSpecification,
        result: @escaping @Sendable ([Occurrence]) throws(UserError) -> Result
    ) {
        precondition(specification.name.count > 1, "A long option has at least two letters")
        precondition(!specification.name.contains("="), "The name of an option holds no =")
        self.specification = specification
        self.result = result
    }
}

extension Option where Result == Bool {
    /// A flag. The last mention counts.
    package init(
        flag name: String, short: Character? = nil, default initial: Bool = false, negatable: Bool = false,
        _ summary: String
    ) {
        self.init(
            OptionSpecification(
                name: name, short: short, summary: summary, placeholder: nil, choices: [], isNegatable: negatable,
                isRequired: false, isRepeatable: false, environmentVariable: nil, defaultText: nil)
        ) { (occurrences) throws(UserError) in
            occurrences.last.map { !$0.isNegated } ?? initial
        }
    }
}

extension Option {
    /// An option that may be left out. Given more than once, the last counts, and every mention has to be valid.
    package init<Parsed: Sendable>(
        _ name: String, short: Character? = nil, _ kind: ArgumentKind<Parsed>, placeholder: String? = nil,
        environment: String? = nil, _ summary: String
    ) where Result == Parsed? {
        self.init(
            .valued(name, short, kind, placeholder: placeholder, environment: environment, summary)
        ) { (occurrences) throws(UserError) in
            try parseAll(occurrences, as: kind).last
        }
    }

    /// An option with a value when it is left out; help shows it.
    package init(
        _ name: String, short: Character? = nil, _ kind: ArgumentKind<Result>, default initial: Result,
        placeholder: String? = nil, environment: String? = nil, _ summary: String
    ) {
        self.init(
            .valued(
                name, short, kind, placeholder: placeholder, environment: environment,
                defaultText: kind.describe(initial), summary)
        ) { (occurrences) throws(UserError) in
            try parseAll(occurrences, as: kind).last ?? initial
        }
    }

    /// An option without which the command cannot run.
    package init(
        required name: String, short: Character? = nil, _ kind: ArgumentKind<Result>, placeholder: String? = nil,
        environment: String? = nil, _ summary: String
    ) {
        self.init(
            .valued(
                name, short, kind, placeholder: placeholder, environment: environment, isRequired: true, summary)
        ) { (occurrences) throws(UserError) in
            guard let value = try parseAll(occurrences, as: kind).last else {
                throw UserError.missing("--" + name)
            }
            return value
        }
    }

    /// An option that may be given several times, each with one value, kept in order.
    package init<Parsed: Sendable>(
        repeating name: String, short: Character? = nil, _ kind: ArgumentKind<Parsed>, placeholder: String? = nil,
        _ summary: String
    ) where Result == [Parsed] {
        self.init(
            .valued(name, short, kind, placeholder: placeholder, isRepeatable: true, summary)
        ) { (occurrences) throws(UserError) in
            try parseAll(occurrences, as: kind)
        }
    }
}

extension OptionSpecification {
    fileprivate static func valued<Parsed: Sendable>(
        _ name: String, _ short: Character?, _ kind: ArgumentKind<Parsed>, placeholder: String?,
        environment: String? = nil, defaultText: String? = nil, isRequired: Bool = false, isRepeatable: Bool = false,
        _ summary: String
    ) -> OptionSpecification {
        OptionSpecification(
            name: name, short: short, summary: summary, placeholder: placeholder ?? kind.placeholder,
            choices: kind.choices, isNegatable: false, isRequired: isRequired, isRepeatable: isRepeatable,
            environmentVariable: environment, defaultText: defaultText)
    }
}

private func parseAll<Parsed: Sendable>(
    _ occurrences: [Occurrence], as kind: ArgumentKind<Parsed>
) throws(UserError) -> [Parsed] {
    var values: [Parsed] = []
    for occurrence in occurrences {
        do {
            values.append(try kind.parse(occurrence.text))
        } catch {
            throw UserError.invalid(occurrence.spelling, text: occurrence.text, error)
        }
    }
    return values
}
