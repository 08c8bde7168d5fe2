/// Reads tokens into a tree by precedence climbing: `or`, `and`, equality, comparison, sum, product, minus sign, union
/// (XPath 1.0 sections 3.3 to 3.5). All levels but the minus sign associate to the left.
struct ExpressionParser {
    private(set) var references: [XPathExpression.Reference] = []
    private(set) var attributes: [XPathExpression.Reference] = []
    private(set) var lists: [XPathExpression.Reference] = []
    private let source: String
    private let tokens: [ExpressionToken]
    private var position = 0
    private var depth = 0
    /// Bare names inside a predicate of `instance()` are columns of that list, not of the filtered question's.
    private var predicateDepth = 0

    /// - Parameter tokens: at least `.end`, which closes them.
    init(source: String, tokens: [ExpressionToken]) {
        self.source = source
        self.tokens = tokens
    }

    mutating func parse() throws(ExpressionError) -> ExpressionNode {
        if current.kind == .end { throw failure("the expression is empty") }
        let root = try expression(from: .or)
        if current.kind != .end {
            throw failure("“\(current.description)” cannot follow here: an operator or a comma is missing")
        }
        return root
    }

    // MARK: Operators

    private enum Level: Int {
        case or, and, equality, comparison, sum, product
    }

    private enum Connective: Equatable {
        case or, and
        case operation(ExpressionNode.Operator)
    }

    private var connective: (Level, Connective)? {
        switch current.kind {
        case .name("or"): (.or, .or)
        case .name("and"): (.and, .and)
        case .symbol(.equal): (.equality, .operation(.equal))
        case .symbol(.notEqual): (.equality, .operation(.notEqual))
        case .symbol(.less): (.comparison, .operation(.less))
        case .symbol(.lessOrEqual): (.comparison, .operation(.lessOrEqual))
        case .symbol(.greater): (.comparison, .operation(.greater))
        case .symbol(.greaterOrEqual): (.comparison, .operation(.greaterOrEqual))
        case .symbol(.plus): (.sum, .operation(.plus))
        case .symbol(.minus): (.sum, .operation(.minus))
        case .symbol(.times): (.product, .operation(.times))
        case .name("div"): (.product, .operation(.divided))
        case .name("mod"): (.product, .operation(.remainder))
        default: nil
        }
    }

    /// Operators of `lowest` precedence and above. Operands of one level are gathered side by side.
    private mutating func expression(from lowest: Level) throws(ExpressionError) -> ExpressionNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= XPathExpression.depthLimit else {
            throw failure("nested deeper than \(XPathExpression.depthLimit) levels: use several calculations")
        }
        var left = try signed()
        while let (level, _) = connective, level.rawValue >= lowest.rawValue {
            var operands = [left]
            var operations: [ExpressionNode.Operation] = []
            while let (next, kind) = connective, next == level {
                position += 1
                let operand: ExpressionNode
                if let higher = Level(rawValue: level.rawValue + 1) {
                    operand = try expression(from: higher)
                } else {
                    operand = try signed()
                }
                if case .operation(let symbol) = kind {
                    operations.append(ExpressionNode.Operation(symbol: symbol, operand: operand))
                } else {
                    operands.append(operand)
                }
            }
            left =
                switch level {
                case .or: .any(operands)
                case .and: .all(operands)
                default: .chain(left, operations)
                }
        }
        return left
    }

    /// Any number of minus signs before a union.
    private mutating func signed() throws(ExpressionError) -> ExpressionNode {
        var signs = 0
        while accept(.minus) { signs += 1 }
        let operand = try union()
        if signs == 0 { return operand }
        return signs.isMultiple(of: 2) ? .negated(.negated(operand)) : .negated(operand)
    }

    private mutating func union() throws(ExpressionError) -> ExpressionNode {
        let first = try primary()
        guard current.kind == .symbol(.union) else { return first }
        var members = [first]
        while accept(.union) { members.append(try primary()) }
        for member in members {
            switch member {
            case .answer, .lookup: break
            default: throw failure("| joins questions only, as in ${a} | ${b}")
            }
        }
        return .union(members)
    }

    // MARK: Operands

    private mutating func primary() throws(ExpressionError) -> ExpressionNode {
        let token = current
        switch token.kind {
        case .number(let value):
            position += 1
            return .number(value)
        case .text(let text):
            position += 1
            return .text(text)
        case .reference(let name):
            position += 1
            return answer(name, at: token)
        case .symbol(.open):
            position += 1
            let inner = try expression(from: .or)
            try expect(.close, "the bracket opened before it")
            return inner
        case .symbol(.current):
            position += 1
            return current.kind == .symbol(.slash) ? try path(after: token) : .current
        case .symbol(.parent):
            position += 1
            return current.kind == .symbol(.slash) ? try path(after: token) : .parent
        case .symbol(.slash):
            return try path(after: token)
        case .name(let name):
            position += 1
            return current.kind == .symbol(.open) ? try call(name, at: token) : attribute(name, at: token)
        case .symbol, .end:
            throw failure("a value is missing before “\(token.description)”")
        }
    }

    private mutating func answer(_ name: String, at token: ExpressionToken) -> ExpressionNode {
        Self.note(name, at: characters(before: token.offset), in: &references)
        return .answer(name)
    }

    private mutating func attribute(_ name: String, at token: ExpressionToken) -> ExpressionNode {
        if predicateDepth == 0 { Self.note(name, at: characters(before: token.offset), in: &attributes) }
        return .attribute(name)
    }

    /// The steps that follow `start`, from a slash on: `/data/group/name` or `../name` name the question in the end.
    private mutating func path(after start: ExpressionToken) throws(ExpressionError) -> ExpressionNode {
        var last: String?
        while accept(.slash) {
            switch current.kind {
            case .name(let name): last = name
            case .reference(let name): last = name
            case .symbol(.parent), .symbol(.current): last = nil
            default: throw failure("a path goes on with a question's name after the slash")
            }
            position += 1
            if current.kind == .symbol(.openPredicate) {
                throw failure("predicates in […] are supported only after instance('list')/root/item")
            }
        }
        guard let last else { throw failure("a path ends with a question's name") }
        return answer(last, at: start)
    }

    // MARK: Calls

    private mutating func call(_ name: String, at token: ExpressionToken) throws(ExpressionError) -> ExpressionNode {
        if name == "instance" { return try lookup(at: token) }
        if name == "current" {
            position += 1
            try expect(.close, "current(")
            return current.kind == .symbol(.slash) ? try path(after: token) : .current
        }
        guard let function = ExpressionFunction(rawValue: name) else {
            throw failure(at: token, ExpressionFunction.refusal(of: name) ?? "there is no function \(name)()")
        }
        let arguments = try arguments(of: name)
        let counts = function.argumentCounts
        guard counts.contains(arguments.count) else {
            let wanted =
                counts.count == 1
                ? "\(counts.lowerBound)"
                : counts.upperBound == ExpressionFunction.argumentLimit
                    ? "at least \(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
            throw failure(at: token, "\(name)() takes \(wanted) arguments, not \(arguments.count)")
        }
        switch (function, arguments.last) {
        case (.regex, .text(let pattern)?):
            do {
                return .matches(arguments[0], try Pattern(pattern), offset: token.offset)
            } catch {
                throw failure(at: token, "regex(): \(error.reason)")
            }
        case (.choiceName, let question?):
            return .choiceName(arguments[0], question: try questionName(in: question, at: token))
        default:
            return .call(function, arguments, offset: token.offset)
        }
    }

    private mutating func arguments(of name: String) throws(ExpressionError) -> [ExpressionNode] {
        position += 1
        var arguments: [ExpressionNode] = []
        if accept(.close) { return arguments }
        repeat {
            arguments.append(try expression(from: .or))
        } while accept(.comma)
        try expect(.close, "\(name)(")
        return arguments
    }

    /// The second argument of `jr:choice-name` is a question in quotation marks: `'${village}'` or a path.
    private mutating func questionName(
        in argument: ExpressionNode, at token: ExpressionToken
    ) throws(ExpressionError) -> String {
        switch argument {
        case .answer(let name): return name
        case .text(let text):
            var name = text.trimmedOfSpace
            if name.hasPrefix("${"), name.hasSuffix("}") { name = String(name.dropFirst(2).dropLast()).trimmedOfSpace }
            if let slash = name.lastIndex(of: "/") { name = String(name[name.index(after: slash)...]) }
            guard Form.isName(name) else { break }
            _ = answer(name, at: token)
            return name
        default: break
        }
        throw failure(at: token, "jr:choice-name() needs a question as its second argument, written '${name}'")
    }

    /// `instance('list')/root/item[filter]/column`
    private mutating func lookup(at token: ExpressionToken) throws(ExpressionError) -> ExpressionNode {
        let arguments = try arguments(of: "instance")
        guard case .text(let list)? = arguments.first, arguments.count == 1 else {
            throw failure(at: token, "instance() takes the name of a choice list in quotation marks")
        }
        Self.note(list, at: characters(before: token.offset), in: &lists)
        guard accept(.slash), accept(name: "root"), accept(.slash), accept(name: "item") else {
            throw failure("instance('\(list)') goes on with /root/item[…]/column")
        }
        var filters: [ExpressionNode] = []
        while accept(.openPredicate) {
            predicateDepth += 1
            filters.append(try expression(from: .or))
            predicateDepth -= 1
            try expect(.closePredicate, "the [ opened before it")
        }
        guard accept(.slash), case .name(let column) = current.kind else {
            throw failure("instance('\(list)')/root/item goes on with /column, for example /label")
        }
        position += 1
        return .lookup(list: list, filter: filters.isEmpty ? nil : .all(filters), column: column)
    }

    // MARK: Tokens

    /// `.end` closes the tokens and is never passed.
    private var current: ExpressionToken { tokens[min(position, tokens.count - 1)] }

    private mutating func accept(_ symbol: ExpressionToken.Symbol) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func accept(name: String) -> Bool {
        guard current.kind == .name(name) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ symbol: ExpressionToken.Symbol, _ opened: String) throws(ExpressionError) {
        guard accept(symbol) else {
            throw failure("“\(symbol.rawValue)” is missing before “\(current.description)” to close \(opened)")
        }
    }

    private func failure(_ reason: String) -> ExpressionError {
        failure(at: current, reason)
    }

    private func failure(at token: ExpressionToken, _ reason: String) -> ExpressionError {
        ExpressionError(expression: source, offset: characters(before: token.offset), reason: reason)
    }

    private func characters(before offsetBytes: Int) -> Int {
        String(decoding: source.utf8.prefix(offsetBytes), as: UTF8.self).count
    }

    private static func note(_ name: String, at offset: Int, in list: inout [XPathExpression.Reference]) {
        if !list.contains(where: { $0.name == name }) {
            list.append(XPathExpression.Reference(name: name, offset: offset))
        }
    }
}
