/// A question or dimension whose values divide the responses into groups, each with metrics of its own.
public struct Breakdown: Sendable, Hashable {
    /// A value that the question can have.
    public struct Choice: Sendable, Hashable {
        /// What rows hold.
        public var key: String
        /// What a reader is shown for it.
        public var label: String

        public init(key: String, label: String) {
            self.key = key
            self.label = label
        }
    }

    /// The name of the question or dimension.
    public var name: String
    public var label: String
    /// The known values in the order to show them. Values beyond these come after them, labelled by their keys.
    public var choices: [Choice]

    public init(name: String, label: String, choices: [Choice] = []) {
        self.name = name
        self.label = label
        self.choices = choices
    }
}
