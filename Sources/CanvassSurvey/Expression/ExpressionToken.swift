/// The smallest piece of an expression, and where it starts.
struct ExpressionToken: Equatable {
    enum Kind: Equatable {
        case number(Double)
        case text(String)
        /// `${name}`
        case reference(String)
        /// A function's or a column's name, or one of the operators and, or, div, mod: the parser decides by position,
        /// as XPath 1.0 section 3.7 asks.
        case name(String)
        case symbol(Symbol)
        case end
    }

    enum Symbol: String {
        case open = "("
        case close = ")"
        case openPredicate = "["
        case closePredicate = "]"
        case comma = ","
        case union = "|"
        case plus = "+"
        case minus = "-"
        case times = "*"
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case slash = "/"
        case current = "."
        case parent = ".."
    }

    var kind: Kind
    /// UTF-8 bytes from the start of the expression.
    var offset: Int

    /// How an error names the token.
    var description: String {
        switch kind {
        case .number(let value): XPathValue.number(value).text
        case .text(let text): "'\(text)'"
        case .reference(let name): "${\(name)}"
        case .name(let name): name
        case .symbol(let symbol): symbol.rawValue
        case .end: "the end"
        }
    }
}
