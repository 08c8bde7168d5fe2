/// The columns of an item that hold expressions.
enum LogicColumn: String, CaseIterable, Sendable {
    case relevant, required, constraint, calculation
    case choiceFilter = "choice_filter"
    case defaultValue = "default"

    /// The expression in this column; nil where it is empty or says a plain yes or no.
    func expression(of item: Form.Item) -> String? {
        let source: String? =
            switch self {
            case .relevant: item.relevant
            case .required: item.required.flatMap { Self.plainAnswer($0) == nil ? $0 : nil }
            case .constraint: item.constraint
            case .calculation: item.calculation
            case .choiceFilter: item.choiceFilter
            case .defaultValue: item.defaultValue.flatMap { Self.isDynamic($0) ? $0 : nil }
            }
        guard let source, !source.trimmedOfSpace.isEmpty else { return nil }
        return source
    }

    /// What a `required` column without an expression says; nil for an expression.
    static func plainAnswer(_ text: String) -> Bool? {
        switch text.trimmedOfSpace.lowercased() {
        case "yes", "true", "true()", "1": true
        case "no", "false", "false()", "0", "": false
        default: nil
        }
    }

    /// Whether a default is worked out when the interview begins; else it is an answer written out. A call or a
    /// question's name tells them apart, as in pyxform: "2017-05-13" and "n/a" are answers.
    private static func isDynamic(_ text: String) -> Bool {
        text.contains("${") || (text.contains("(") && (try? XPathExpression(text)) != nil)
    }
}

/// The expressions of one item, parsed once.
struct ItemLogic: Sendable {
    enum Requirement: Sendable {
        case never, always
        case when(XPathExpression)
    }

    var relevant: XPathExpression?
    var required = Requirement.never
    var constraint: XPathExpression?
    var calculation: XPathExpression?
    var choiceFilter: XPathExpression?
    var defaultValue: XPathExpression?

    init(_ item: Form.Item) throws(ExpressionError) {
        func parsed(_ column: LogicColumn) throws(ExpressionError) -> XPathExpression? {
            guard let source = column.expression(of: item) else { return nil }
            return try XPathExpression(source)
        }
        relevant = try parsed(.relevant)
        constraint = try parsed(.constraint)
        calculation = try parsed(.calculation)
        choiceFilter = try parsed(.choiceFilter)
        defaultValue = try parsed(.defaultValue)
        if let expression = try parsed(.required) {
            required = .when(expression)
        } else if item.required.flatMap(LogicColumn.plainAnswer) == true {
            required = .always
        }
    }
}
