/// The eight patterns that a code may be mixed with, so that it shows nothing that a reader takes for something else
/// (ISO/IEC 18004, table 10).
enum QRMask: UInt32, CaseIterable {
    case checkers, rows, columns, diagonals, bricks, crosses, flowers, steps

    /// Whether the module there is inverted.
    func inverts(row: Int, column: Int) -> Bool {
        let product = row * column
        return switch self {
        case .checkers: (row + column) % 2 == 0
        case .rows: row % 2 == 0
        case .columns: column % 3 == 0
        case .diagonals: (row + column) % 3 == 0
        case .bricks: (row / 2 + column / 3) % 2 == 0
        case .crosses: product % 2 + product % 3 == 0
        case .flowers: (product % 2 + product % 3) % 2 == 0
        case .steps: ((row + column) % 2 + product % 3) % 2 == 0
        }
    }
}
