/// Walks the tree of one expression. Work is bounded: a form from elsewhere may not hang or fill the device.
struct Evaluator {
    /// Nodes that one evaluation may visit: `instance()` with a predicate visits its list once for each row.
    static let stepLimit = 2_000_000
    /// UTF-8 bytes of a text that an expression may build.
    static let textLimitBytes = 64 * 1024

    let source: String
    var context: EvaluationContext
    private var steps = 0

    init(source: String, context: EvaluationContext) {
        self.source = source
        self.context = context
    }

    mutating func value(of node: ExpressionNode) throws(ExpressionError) -> XPathValue {
        steps += 1
        guard steps <= Self.stepLimit else { throw failure("takes more than \(Self.stepLimit) steps to work out") }
        switch node {
        case .number(let value): return .number(value)
        case .text(let text): return .text(text)
        case .answer(let name): return context.answer(name)
        case .attribute(let name): return context.row?.value(of: name) ?? .empty
        case .current: return context.current
        case .parent: return .empty
        case .negated(let operand): return .number(-(try value(of: operand)).number)
        case .all(let operands):
            for operand in operands where !(try value(of: operand)).boolean { return .boolean(false) }
            return .boolean(true)
        case .any(let operands):
            for operand in operands where (try value(of: operand)).boolean { return .boolean(true) }
            return .boolean(false)
        case .chain(let first, let operations):
            var result = try value(of: first)
            for operation in operations {
                result = Self.apply(operation.symbol, result, try value(of: operation.operand))
            }
            return result
        case .union, .lookup:
            return try nodes(of: node).first ?? .empty
        case .call(let function, let arguments, let offset):
            return try call(function, arguments, at: offset)
        case .matches(let operand, let pattern, let offset):
            return .boolean(try matches(try value(of: operand).text, pattern, at: offset))
        case .choiceName(let code, let question):
            let code = try value(of: code).text
            return .text(code.isEmpty ? "" : context.choiceLabel(question, code) ?? code)
        }
    }

    /// Each value of a node set: several for a union or a lookup, else the one value.
    mutating func nodes(of node: ExpressionNode) throws(ExpressionError) -> [XPathValue] {
        switch node {
        case .union(let members):
            var values: [XPathValue] = []
            for member in members { values += try nodes(of: member) }
            return values
        case .lookup(let list, let filter, let column):
            guard let rows = context.rows(list) else { throw failure("there is no choice list “\(list)”") }
            var values: [XPathValue] = []
            let outer = context.row
            defer { context.row = outer }
            for row in rows {
                context.row = row
                if let filter, !(try value(of: filter)).boolean { continue }
                values.append(row.value(of: column))
            }
            return values
        default:
            return [try value(of: node)]
        }
    }

    func matches(_ text: String, _ pattern: Pattern, at offset: Int) throws(ExpressionError) -> Bool {
        guard text.utf8.count <= Pattern.textLimitBytes else {
            throw failure("regex() reads at most \(Pattern.textLimitBytes) bytes", at: offset)
        }
        return pattern.matches(text)
    }

    /// - Parameter offset: UTF-8 bytes from the start of the expression.
    func failure(_ reason: String, at offset: Int = 0) -> ExpressionError {
        let characters = String(decoding: source.utf8.prefix(offset), as: UTF8.self).count
        return ExpressionError(expression: source, offset: characters, reason: reason)
    }

    private static func apply(
        _ symbol: ExpressionNode.Operator, _ left: XPathValue, _ right: XPathValue
    ) -> XPathValue {
        let (a, b) = XPathValue.numbers(left, right)
        return switch symbol {
        case .equal: .boolean(XPathValue.areEqual(left, right))
        case .notEqual: .boolean(!XPathValue.areEqual(left, right))
        case .less: .boolean(a < b)
        case .lessOrEqual: .boolean(a <= b)
        case .greater: .boolean(a > b)
        case .greaterOrEqual: .boolean(a >= b)
        case .plus: .number(a + b)
        case .minus: .number(a - b)
        case .times: .number(a * b)
        case .divided: .number(a / b)
        // The sign follows the dividend, as XPath 1.0 section 3.5 has it.
        case .remainder: .number(a.truncatingRemainder(dividingBy: b))
        }
    }
}
