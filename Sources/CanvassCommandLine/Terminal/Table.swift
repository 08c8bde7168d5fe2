/// Rows in aligned columns, two spaces apart, under a bold header.
package struct Table: Sendable {
    package struct Column: Sendable {
        package let title: String
        package let alignment: Alignment

        /// - Parameter alignment: `.right` for numbers, which are never truncated: "12…" would be read as 12.
        package init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    package let columns: [Column]
    package private(set) var rows: [[StyledText]] = []

    package init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row with one cell a column; lines in a cell are joined.
    package mutating func add(_ cells: [StyledText]) {
        precondition(cells.count == columns.count, "A row has one cell a column")
        rows.append(cells)
    }

    private static let gap = 2
    /// A truncated column keeps at least this many cells; where that does not fit, the terminal wraps.
    private static let leastWidth = 6

    /// - Parameter width: in cells; nil for a pipe, where nothing is cut because another program may be reading.
    package func lines(width: Int?, ellipsis: String = "…") -> [StyledText] {
        let header = columns.map { StyledText($0.title, .bold) }
        let widths = columnWidths(header, within: width)
        return ([header] + rows).map { line($0, widths, ellipsis) }
    }

    private func line(_ cells: [StyledText], _ widths: [Int], _ ellipsis: String) -> StyledText {
        var line = StyledText("")
        for (index, cell) in cells.enumerated() {
            if index > 0 { line += StyledText(String(repeating: " ", count: Self.gap)) }
            let text = cell.truncated(to: widths[index], ellipsis: ellipsis)
            let isLast = index == cells.count - 1
            let needsPadding = !isLast || columns[index].alignment == .right
            line += needsPadding ? text.padded(to: widths[index], alignment: columns[index].alignment) : text
        }
        return line
    }

    /// The natural widths, or, where they do not fit, the widest left-aligned columns cut to one common width.
    private func columnWidths(_ header: [StyledText], within width: Int?) -> [Int] {
        var widths = header.map(\.width)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.width) }
        }
        guard let width else { return widths }
        let gaps = Self.gap * max(0, columns.count - 1)
        let flexible = columns.indices.filter { columns[$0].alignment == .left }
        let rigid = columns.indices.filter { columns[$0].alignment == .right }.reduce(0) { $0 + widths[$1] }
        var room = width - gaps - rigid
        // Narrow columns first: each that is below its share leaves the rest to the wider ones.
        for (served, index) in flexible.sorted(by: { widths[$0] < widths[$1] }).enumerated() {
            let share = room / (flexible.count - served)
            widths[index] = min(widths[index], max(share, Self.leastWidth))
            room -= widths[index]
        }
        return widths
    }
}
