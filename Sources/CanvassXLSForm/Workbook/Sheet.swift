/// One sheet's cells that hold something, by row.
package struct Sheet: Sendable {
    package struct Cell: Hashable, Sendable {
        /// Counted from 1.
        package let column: Int
        package let value: CellValue
    }

    package struct Row: Hashable, Sendable {
        /// Counted from 1, as a spreadsheet shows it.
        package let number: Int
        /// In ascending order of their columns; never empty.
        package let cells: [Cell]
    }

    package let name: String
    /// In ascending order; rows without a value are left out.
    package let rows: [Row]
}
