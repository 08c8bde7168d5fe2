/// What help and the parser need to know about a positional argument, whatever its type.
package struct PositionalSpecification: Sendable {
    /// How many operands it takes.
    package enum Arity: Hashable, Sendable {
        case required
        case optional
        /// All that are left, at least `minimum`.
        case repeating(minimum: Int)
    }

    /// As shown in help, in capitals: "FILE".
    package let name: String
    package let summary: String
    package let choices: [String]
    package let arity: Arity

    /// As in a usage line: `FILE`, `[FILE]`, `FILE...`.
    var usage: String {
        switch arity {
        case .required: name
        case .optional: "[\(name)]"
        case .repeating(let minimum): minimum > 0 ? "\(name)..." : "[\(name)...]"
        }
    }
}

/// A positional argument of any type, so that a command can list them.
package protocol PositionalDeclaration: Sendable {
    var specification: PositionalSpecification { get }

    /// The result of the operands that fell to it.
    func resolve(_ operands: [String]) throws(UserError) -> any ResolvedArgument
}
