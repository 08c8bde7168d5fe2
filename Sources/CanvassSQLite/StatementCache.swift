/// Compiled statements by their text. Compiling costs about ten times what one insert does.
final class StatementCache {
    /// Keyed by the address of a literal: one comparison instead of hashing the text. Bounded by the program's size.
    private var literals: [UnsafeRawPointer: PreparedStatement] = [:]
    /// Keyed by bytes: texts that Unicode calls equivalent can name two different questions.
    private var texts: [[UInt8]: PreparedStatement] = [:]
    /// Texts are made at run time and might never end; past this many all are dropped, which costs compiling them anew.
    private let maximumTextCount = 256

    /// - Returns: nil where it must be compiled, or is in use further up the stack.
    func take(_ literal: StaticString) -> PreparedStatement? {
        Self.take(literals[UnsafeRawPointer(literal.utf8Start)])
    }

    func take(_ text: String) -> PreparedStatement? {
        Self.take(texts[Array(text.utf8)])
    }

    func keep(_ statement: PreparedStatement, for literal: StaticString) {
        literals[UnsafeRawPointer(literal.utf8Start)] = statement
    }

    func keep(_ statement: PreparedStatement, for text: String) {
        if texts.count >= maximumTextCount { texts.removeAll() }
        texts[Array(text.utf8)] = statement
    }

    private static func take(_ statement: PreparedStatement?) -> PreparedStatement? {
        guard let statement, !statement.isInUse else { return nil }
        statement.isInUse = true
        return statement
    }
}
