/// A positional argument that is declared once, as a constant, and read with `arguments[positional]`.
///
/// ```swift
/// static let file = Positional("FILE", .path, "The workbook to read.")
/// let path: String = arguments[Self.file]
/// ```
package struct Positional<Result: Sendable>: PositionalDeclaration {
    package let specification: PositionalSpecification
    private let result: @Sendable ([String]) throws(UserError) -> Result

    package func resolve(_ operands: [String]) throws(UserError) -> any ResolvedArgument {
        Resolved(value: try result(operands))
    }

    /// An argument without which the command cannot run.
    package init(_ name: String, _ kind: ArgumentKind<Result>, _ summary: String) {
        specification = PositionalSpecification(name: name, summary: summary, choices: kind.choices, arity: .required)
        result = { (operands) throws(UserError) -> Result in
            guard let operand = operands.first else { throw UserError.missing(name) }
            return try parseOperand(operand, name, as: kind)
        }
    }

    /// An argument that may be left out.
    package init<Parsed: Sendable>(optional name: String, _ kind: ArgumentKind<Parsed>, _ summary: String)
    where Result == Parsed? {
        specification = PositionalSpecification(name: name, summary: summary, choices: kind.choices, arity: .optional)
        result = { (operands) throws(UserError) -> Result in
            guard let operand = operands.first else { return nil }
            return try parseOperand(operand, name, as: kind)
        }
    }

    /// All arguments that are left, at least `minimum`. It has to be the last one.
    package init<Parsed: Sendable>(
        repeating name: String, _ kind: ArgumentKind<Parsed>, atLeast minimum: Int = 0, _ summary: String
    ) where Result == [Parsed] {
        specification = PositionalSpecification(
            name: name, summary: summary, choices: kind.choices, arity: .repeating(minimum: minimum))
        result = { (operands) throws(UserError) -> Result in
            guard operands.count >= minimum else { throw UserError.missing(name) }
            var values: [Parsed] = []
            for operand in operands { values.append(try parseOperand(operand, name, as: kind)) }
            return values
        }
    }
}

private func parseOperand<Parsed: Sendable>(
    _ operand: String, _ name: String, as kind: ArgumentKind<Parsed>
) throws(UserError) -> Parsed {
    do {
        return try kind.parse(operand)
    } catch {
        throw UserError.invalid(name, text: operand, error)
    }
}
