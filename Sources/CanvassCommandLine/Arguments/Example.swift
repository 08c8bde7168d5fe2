/// A command line that can be typed as it stands, with what it does: every help text ends with one.
package struct Example: Sendable {
    package let command: String
    package let explanation: String

    package init(_ command: String, _ explanation: String) {
        self.command = command
        self.explanation = explanation
    }
}
