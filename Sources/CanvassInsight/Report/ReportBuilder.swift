/// Makes a report from a stream of responses, holding counts only: memory grows with groups, not with responses.
///
/// For example:
///
///     var builder = try ReportBuilder(plan)
///     for response in responses {
///         try builder.add(.init(metrics: [response.recommends], keys: [response.segment]))
///     }
///     let report = builder.report(flagged: 0)
public struct ReportBuilder: Sendable {
    /// What a report needs of one response.
    public struct Row: Sendable, Hashable {
        /// The answer to each metric's question in the order of the plan; nil for none, and for a code that means 'no
        /// answer'.
        public var metrics: [Double?]
        /// The value of each breakdown in the order of the plan; nil for none.
        public var keys: [String?]
        /// How many people the response stands for; ignored unless the plan has a weight column.
        public var weight: Double?

        public init(metrics: [Double?], keys: [String?] = [], weight: Double? = nil) {
            self.metrics = metrics
            self.keys = keys
            self.weight = weight
        }
    }

    /// The most distinct values of a breakdown: more than anyone can read, and a bound on memory where somebody asks for
    /// a breakdown by a field of free text.
    public static let mostGroups = 10_000

    private let plan: ReportPlan
    private let layout: TallyTable.Layout
    private var total: TallyTable
    private var divisions: [Division]
    /// The cells of the row being counted and its group in each division (nil for none), kept to spare allocations.
    private var cells: [Int]
    private var groups: [Int?]

    /// - Throws: `InsightError` when a metric cannot be computed on its scale.
    public init(_ plan: ReportPlan) throws(InsightError) {
        for column in plan.metrics { try column.validate() }
        let layout = TallyTable.Layout(columns: plan.metrics, isWeighted: plan.weightColumn != nil)
        self.plan = plan
        self.layout = layout
        total = TallyTable(layout: layout, groups: 1)
        divisions = plan.breakdowns.map { Division($0, layout: layout) }
        cells = Array(repeating: 0, count: plan.metrics.count)
        groups = Array(repeating: nil, count: plan.breakdowns.count)
    }

    /// Counts one response.
    ///
    /// - Parameter row: as many metrics and keys as the plan has metrics and breakdowns.
    /// - Throws: `InsightError` when a breakdown gets more than `mostGroups` distinct values; the row is
    ///   then not counted at all.
    public mutating func add(_ row: Row) throws(InsightError) {
        precondition(row.metrics.count == cells.count, "one answer a metric")
        precondition(row.keys.count == divisions.count, "one key a breakdown")
        for index in divisions.indices {
            groups[index] = if let key = row.keys[index] { try divisions[index].group(of: key) } else { nil }
        }
        let weight = row.weight.flatMap { ScoreTally.usableWeights.contains($0) ? $0 : nil }
        for index in cells.indices {
            cells[index] = layout.cell(of: row.metrics[index], metric: index, hasWeight: weight != nil)
        }
        total.add(cells, weight: weight ?? 0, toGroup: 0)
        for index in divisions.indices {
            divisions[index].add(cells, weight: weight ?? 0, toGroup: groups[index])
        }
    }

    /// The report of what was counted so far.
    /// - Parameter flagged: how many of the responses carry a finding.
    public func report(flagged: Int = 0) -> Report {
        Report(
            responses: total.rows[0], flagged: flagged, weightColumn: plan.weightColumn,
            metrics: total.results(ofGroup: 0), breakdowns: divisions.map { $0.result() })
    }
}
