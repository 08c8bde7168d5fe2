/// How the text of one argument becomes a value, and how help names it.
package struct ArgumentKind<Parsed: Sendable>: Sendable {
    /// What stands for the value in help: "N", "FILE".
    package let placeholder: String
    /// All values there are, when they can be listed.
    package let choices: [String]
    package let parse: @Sendable (String) throws(InvalidArgument) -> Parsed
    /// The inverse of `parse`, for showing a default.
    package let describe: @Sendable (Parsed) -> String

    package init(
        placeholder: String, choices: [String] = [],
        describe: @escaping @Sendable (Parsed) -> String,
        parse: @escaping @Sendable (String) throws(InvalidArgument) -> Parsed
    ) {
        self.placeholder = placeholder
        self.choices = choices
        self.describe = describe
        self.parse = parse
    }
}
