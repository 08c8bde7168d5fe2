/// A breakdown while its groups are being counted.
struct Division {
    let breakdown: Breakdown
    private var index = KeyIndex()
    private var table: TallyTable
    /// Rows without a key.
    private var unanswered = 0

    init(_ breakdown: Breakdown, layout: TallyTable.Layout) {
        self.breakdown = breakdown
        table = TallyTable(layout: layout)
    }

    /// Counts a row in a group, or among those without one.
    mutating func add(_ cells: [Int], weight: Double, toGroup group: Int?) {
        if let group {
            table.add(cells, weight: weight, toGroup: group)
        } else {
            unanswered += 1
        }
    }

    /// The group of a key, made when the key is new.
    /// - Throws: `InsightError` when there are `ReportBuilder.mostGroups` already.
    mutating func group(of key: String) throws(InsightError) -> Int {
        if let known = index.number(of: key) { return known }
        let group = index.keys.count
        guard group < ReportBuilder.mostGroups else {
            throw InsightError(
                code: .tooManyGroups, name: breakdown.name,
                reason: "more than \(ReportBuilder.mostGroups) distinct values",
                remedy: "Break the report down by a question with choices instead")
        }
        index.insert(key)
        table.addGroup()
        return group
    }

    func result() -> BreakdownResult {
        var listed: [Int] = []
        var labels: [Int: String] = [:]
        var numbers = index
        for choice in breakdown.choices {
            // A list may repeat a code; the first label stands.
            guard let group = numbers.number(of: choice.key), labels[group] == nil else { continue }
            labels[group] = choice.label
            listed.append(group)
        }
        let others = index.keys.indices.filter { labels[$0] == nil }.sorted {
            index.keys[$0].utf8.lexicographicallyPrecedes(index.keys[$1].utf8)
        }
        let groups = (listed + others).filter { table.rows[$0] > 0 }.map { group in
            BreakdownResult.Group(
                key: index.keys[group], label: labels[group] ?? index.keys[group], responses: table.rows[group],
                metrics: table.results(ofGroup: group))
        }
        return BreakdownResult(
            name: breakdown.name, label: breakdown.label, groups: groups, unanswered: unanswered)
    }
}
