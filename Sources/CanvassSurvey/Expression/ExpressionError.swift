/// An XLSForm expression that cannot be read or evaluated, with the place in it.
public struct ExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The expression, cut after 400 characters.
    public var expression: String
    /// Characters from the start of the expression, counted from 0.
    public var offset: Int
    /// What is wrong and, where one is known, what to write instead.
    public var reason: String

    public init(expression: String, offset: Int, reason: String) {
        self.expression = String(expression.prefix(400))
        self.offset = offset
        self.reason = reason
    }

    public var description: String { "\(reason) (at character \(offset + 1) of: \(expression))" }
}
