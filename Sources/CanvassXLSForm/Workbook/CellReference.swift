/// A cell's place, "C7" being column 3 of row 7 (ECMA-376 part 1, 18.18.7, type A1).
package struct CellReference: Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    package let row: Int
    /// Counted from 1.
    package let column: Int

    package init(row: Int, column: Int) {
        self.row = row
        self.column = column
    }

    /// Nil for what is no reference, or lies outside the largest sheet there is (1,048,576 rows × 16,384 columns).
    package init?(_ text: some StringProtocol) {
        var column = 0
        var row = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z") where row == 0:
                column = column * 26 + Int(byte - UInt8(ascii: "A")) + 1
            case UInt8(ascii: "0")...UInt8(ascii: "9") where column > 0 && !(row == 0 && byte == UInt8(ascii: "0")):
                row = row * 10 + Int(byte - UInt8(ascii: "0"))
            default:
                return nil
            }
            guard column <= 16_384, row <= 1_048_576 else { return nil }
        }
        guard row > 0 else { return nil }
        self.init(row: row, column: column)
    }

    package var description: String { Self.letters(of: column) + String(row) }

    /// The name of a column: 1 is "A", 27 is "AA".
    package static func letters(of column: Int) -> String {
        var letters = ""
        var rest = column
        while rest > 0 {
            let (quotient, remainder) = (rest - 1).quotientAndRemainder(dividingBy: 26)
            letters = String(Unicode.Scalar(UInt8(ascii: "A") + UInt8(remainder))) + letters
            rest = quotient
        }
        return letters
    }
}
