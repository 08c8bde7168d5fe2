/// Why a cell or a value of an answers file is no answer to its question.
public struct ReadProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, naming the text that was found.
    public var reason: String
    /// What to write instead.
    public var remedy: String

    public init(reason: String, remedy: String) {
        self.reason = reason
        self.remedy = remedy
    }

    public var description: String { "\(reason): \(remedy)" }
}
