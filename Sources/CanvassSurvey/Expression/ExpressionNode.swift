/// One part of a parsed expression. Depth is bounded by the parser (`XPathExpression.depthLimit`): operators of one
/// precedence are held side by side, so that a thousand conditions joined by `or` are one level.
indirect enum ExpressionNode: Sendable, Hashable {
    case number(Double)
    case text(String)
    /// `${name}`, or a path whose last step is `name`: names are unique in a form.
    case answer(String)
    /// A bare name: a column of the choices sheet, in a choice_filter or in a predicate of `instance()`.
    case attribute(String)
    /// `.`: the question that the expression belongs to.
    case current
    /// `..`: the group around it, which has no value of its own.
    case parent
    case negated(ExpressionNode)
    case all([ExpressionNode])
    case any([ExpressionNode])
    /// Evaluated from the left: ((first op₁ operand₁) op₂ operand₂) …
    case chain(ExpressionNode, [Operation])
    case union([ExpressionNode])
    case call(ExpressionFunction, [ExpressionNode], offset: Int)
    /// `regex(value, 'pattern')` with the pattern compiled once.
    case matches(ExpressionNode, Pattern, offset: Int)
    case choiceName(ExpressionNode, question: String)
    /// `instance('list')/root/item[filter]/column`
    case lookup(list: String, filter: ExpressionNode?, column: String)

    struct Operation: Sendable, Hashable {
        var symbol: Operator
        var operand: ExpressionNode
    }

    enum Operator: Sendable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case plus, minus, times, divided, remainder
    }
}
