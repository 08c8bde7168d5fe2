/// A text that an argument cannot take. The parser adds which argument it was and how to see help.
package struct InvalidArgument: Error, Hashable, Sendable {
    /// What would have been right, completing "… is not": "a whole number from 1 to 500".
    package let expectation: String

    package init(_ expectation: String) {
        self.expectation = expectation
    }
}
