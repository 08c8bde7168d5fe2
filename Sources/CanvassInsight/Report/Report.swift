/// The figures of a survey: what `ReportBuilder` made of its responses.
public struct Report: Sendable, Hashable {
    /// Responses, never weighted.
    public var responses: Int
    /// Responses that carry a finding (an answer against the form's own rules), counted by whoever fed the report. They
    /// are in all figures: flagged, never dropped.
    public var flagged: Int
    /// The question that weights come from; nil where every response counts once.
    public var weightColumn: String?
    /// In the order of the plan.
    public var metrics: [MetricResult]
    /// In the order of the plan.
    public var breakdowns: [BreakdownResult]
}
