/// An expression of an XLSForm, parsed: the part of XPath 1.0 that ODK forms use
/// (https://getodk.github.io/xforms-spec/#xpath-conformance).
///
///     let expression = try XPathExpression("${age} >= 18 and selected(${symptoms}, 'fever')")
///     expression.references.map(\.name)   // ["age", "symptoms"]
package struct XPathExpression: Sendable, Hashable {
    /// A name that the expression uses and where.
    package struct Reference: Sendable, Hashable {
        package var name: String
        /// Characters from the start of the expression, counted from 0.
        package var offset: Int
    }

    /// UTF-8 bytes that an expression may have.
    package static let lengthLimitBytes = 32 * 1024
    /// How deep brackets, calls and predicates may nest.
    package static let depthLimit = 256

    package let source: String
    /// The questions whose answers it uses, each once, in order of first use.
    package let references: [Reference]
    /// Bare names: columns of a choice list. They mean something only in a choice_filter.
    package let attributes: [Reference]
    /// The choice lists that `instance()` reads.
    package let lists: [Reference]
    let root: ExpressionNode

    /// - Throws: `ExpressionError` with the character at which reading stopped.
    package init(_ source: String) throws(ExpressionError) {
        guard source.utf8.count <= Self.lengthLimitBytes else {
            throw ExpressionError(
                expression: source, offset: 0,
                reason: "longer than \(Self.lengthLimitBytes) bytes: split it into several calculations")
        }
        var lexer = ExpressionLexer(source)
        var parser = ExpressionParser(source: source, tokens: try lexer.tokens())
        root = try parser.parse()
        self.source = source
        references = parser.references
        attributes = parser.attributes
        lists = parser.lists
    }

    package func evaluate(_ context: EvaluationContext) throws(ExpressionError) -> XPathValue {
        var evaluator = Evaluator(source: source, context: context)
        return try evaluator.value(of: root)
    }
}
