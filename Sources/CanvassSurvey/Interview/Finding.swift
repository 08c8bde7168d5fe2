/// Something about one answer that its form does not allow. Findings never stop an import: they are shown and kept.
public struct Finding: Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A relevant question that must be answered is not.
        case requiredMissing
        case constraintBroken
        /// Answered though skip logic says not to ask.
        case irrelevantAnswered
        /// A code that the choice list lacks, or that the choice_filter rules out here.
        case notAChoice
        case wrongType
        /// An answer to a question that the form does not have.
        case unknownQuestion
        /// An expression of the form could not be worked out with these answers.
        case expressionFailed
    }

    public var kind: Kind
    /// The question's name.
    public var question: String
    /// Its label in the language wanted; the name where it has none.
    public var label: String
    /// What is wrong; for a broken constraint the designer's own message where there is one.
    public var message: String
    /// What to do.
    public var remedy: String

    public init(kind: Kind, question: String, label: String, message: String, remedy: String) {
        self.kind = kind
        self.question = question
        self.label = label
        self.message = message
        self.remedy = remedy
    }

    public var description: String { "\(question) (\(label)): \(message). \(remedy)" }
}
