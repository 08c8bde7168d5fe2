/// A document that is not well formed, or not in the subset that `XMLReader` reads.
package struct XMLError: Error, Hashable, Sendable, CustomStringConvertible {
    package let reason: String
    /// Counted from 1.
    package let line: Int
    /// Unicode scalars from the start of the line, counted from 1.
    package let column: Int

    package var description: String { "line \(line), column \(column): \(reason)" }
}
