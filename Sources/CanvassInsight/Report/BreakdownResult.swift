/// The metrics of each group that a breakdown divides the responses into.
public struct BreakdownResult: Sendable, Hashable {
    /// The responses that share one value.
    public struct Group: Sendable, Hashable {
        public var key: String
        public var label: String
        /// Responses with this value, whether or not they answer any metric's question; never weighted.
        public var responses: Int
        /// In the order of the plan.
        public var metrics: [MetricResult]
    }

    public var name: String
    public var label: String
    /// Groups with at least one response: the plan's choices in their order, then other values in the order of their
    /// UTF-8 bytes, so that the order of the responses does not show.
    public var groups: [Group]
    /// Responses that have no value here and so belong to no group.
    public var unanswered: Int
}
