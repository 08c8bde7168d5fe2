/// The tallies of all metrics for any number of groups, in flat arrays: counting a row takes one addition a metric.
///
/// A group has one cell for each score of each metric and, after the scores, three for what does not count. A row's
/// cells are the same in every group, so that they are found once a row however many breakdowns there are.
struct TallyTable {
    /// Where the cells of each metric begin within a group, and how many cells a group has.
    struct Layout {
        let columns: [MetricColumn]
        let isWeighted: Bool
        private(set) var starts: [Int] = []
        private(set) var cellsPerGroup = 0

        init(columns: [MetricColumn], isWeighted: Bool) {
            self.columns = columns
            self.isWeighted = isWeighted
            for column in columns {
                starts.append(cellsPerGroup)
                cellsPerGroup += column.scale.count + 3
            }
        }

        /// The cell that an answer to metric `index` is counted in.
        func cell(of score: Double?, metric index: Int, hasWeight: Bool) -> Int {
            let scale = columns[index].scale
            let firstUncounted = starts[index] + scale.count
            guard let score else { return firstUncounted }
            guard let bin = ScoreTally.index(of: score, in: scale) else { return firstUncounted + 1 }
            return isWeighted && !hasWeight ? firstUncounted + 2 : starts[index] + bin
        }
    }

    let layout: Layout
    /// Rows of each group.
    private(set) var rows: [Int] = []
    private var counts: [Int] = []
    /// Σ w and Σ w² of each cell; empty without weights.
    private var weights: [Double] = []
    private var squaredWeights: [Double] = []

    init(layout: Layout, groups: Int = 0) {
        self.layout = layout
        for _ in 0..<groups { addGroup() }
    }

    mutating func addGroup() {
        rows.append(0)
        counts.append(contentsOf: repeatElement(0, count: layout.cellsPerGroup))
        guard layout.isWeighted else { return }
        weights.append(contentsOf: repeatElement(0, count: layout.cellsPerGroup))
        squaredWeights.append(contentsOf: repeatElement(0, count: layout.cellsPerGroup))
    }

    /// Counts a row in a group.
    /// - Parameters:
    ///   - cells: one a metric, by `Layout.cell(of:metric:hasWeight:)`.
    ///   - weight: usable; anything where the row has none, as only cells that do not count are given then.
    mutating func add(_ cells: [Int], weight: Double, toGroup group: Int) {
        rows[group] += 1
        let start = group * layout.cellsPerGroup
        for cell in cells { counts[start + cell] += 1 }
        guard layout.isWeighted else { return }
        for cell in cells {
            weights[start + cell] += weight
            squaredWeights[start + cell] += weight * weight
        }
    }

    /// The metrics of a group.
    func results(ofGroup group: Int) -> [MetricResult] {
        layout.columns.indices.map { index in
            let column = layout.columns[index]
            let start = group * layout.cellsPerGroup + layout.starts[index]
            let end = start + column.scale.count
            var tally = ScoreTally(scale: column.scale, isWeighted: layout.isWeighted)
            for bin in 0..<column.scale.count {
                tally.bins[bin].n = counts[start + bin]
                guard layout.isWeighted else { continue }
                tally.bins[bin].weight = weights[start + bin]
                tally.bins[bin].squaredWeight = squaredWeights[start + bin]
            }
            tally.unanswered = counts[end]
            tally.outOfScale = counts[end + 1]
            tally.missingWeight = counts[end + 2]
            return column.result(tally)
        }
    }
}
