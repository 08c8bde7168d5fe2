/// Why a report cannot be made from a plan or a row: what is wrong, where, and what to do about it.
public struct InsightError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// A metric's scale, or its convention for that scale, is not one that the metric can be computed on.
        case unusableScale
        /// A breakdown has more distinct keys than a report can show.
        case tooManyGroups
    }

    public var code: Code
    /// The question or dimension that it is about.
    public var name: String
    public var reason: String
    public var remedy: String

    public init(code: Code, name: String, reason: String, remedy: String) {
        self.code = code
        self.name = name
        self.reason = reason
        self.remedy = remedy
    }

    public var description: String { "\(name): \(reason). \(remedy)." }
}
