/// What a report is to compute.
public struct ReportPlan: Sendable, Hashable {
    public var metrics: [MetricColumn]
    public var breakdowns: [Breakdown]
    /// The question that holds how many people a response stands for; nil counts each response once.
    public var weightColumn: String?

    public init(metrics: [MetricColumn], breakdowns: [Breakdown] = [], weightColumn: String? = nil) {
        self.metrics = metrics
        self.breakdowns = breakdowns
        self.weightColumn = weightColumn
    }
}
