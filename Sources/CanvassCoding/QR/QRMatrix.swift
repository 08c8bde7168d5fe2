/// The modules of a QR code while it is drawn (ISO/IEC 18004, sections 6.3 and 7.7 to 7.10).
///
/// Invariant: `isFixed` marks what no mask may change: finder, timing and alignment patterns, format and version.
struct QRMatrix {
    let version: QRVersion
    private(set) var dark: [Bool]
    private var isFixed: [Bool]

    private var size: Int { version.size }

    /// Everything but mask and format.
    init(version: QRVersion, codewords: [UInt8]) {
        self.version = version
        dark = .init(repeating: false, count: version.size * version.size)
        isFixed = dark
        drawTiming()
        for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] { drawFinder(row, column) }
        drawAlignment()
        drawVersion()
        // Reserves the place.
        drawFormat(.checkers)
        place(codewords)
    }

    /// The same code mixed with a mask, which its format says.
    func masked(_ mask: QRMask) -> QRMatrix {
        var matrix = self
        for row in 0..<size {
            for column in 0..<size where !isFixed[row * size + column] && mask.inverts(row: row, column: column) {
                matrix.dark[row * size + column].toggle()
            }
        }
        matrix.drawFormat(mask)
        return matrix
    }

    private mutating func fix(_ row: Int, _ column: Int, _ isDark: Bool) {
        dark[row * size + column] = isDark
        isFixed[row * size + column] = true
    }

    private mutating func drawTiming() {
        for index in 0..<size {
            fix(6, index, index % 2 == 0)
            fix(index, 6, index % 2 == 0)
        }
    }

    /// Squares in each other around a centre, with the light line around them as far as it is inside.
    private mutating func drawFinder(_ row: Int, _ column: Int) {
        for y in max(0, row - 4)...min(size - 1, row + 4) {
            for x in max(0, column - 4)...min(size - 1, column + 4) {
                let distance = max(abs(y - row), abs(x - column))
                fix(y, x, distance != 2 && distance != 4)
            }
        }
    }

    private mutating func drawAlignment() {
        let centres = version.alignmentCentres
        guard let first = centres.first, let last = centres.last else { return }
        for row in centres {
            for column in centres {
                let isAtFinder =
                    row == first && (column == first || column == last) || row == last && column == first
                guard !isAtFinder else { continue }
                for y in (row - 2)...(row + 2) {
                    for x in (column - 2)...(column + 2) { fix(y, x, max(abs(y - row), abs(x - column)) != 1) }
                }
            }
        }
    }

    /// Eighteen bits, twice, from size 7 on: the number with a (18, 6) Golay code (section 7.10).
    private mutating func drawVersion() {
        guard version.number >= 7 else { return }
        let bits = QRMatrix.versionBits(version.number)
        for index in 0..<18 {
            let isDark = bits >> UInt32(index) & 1 == 1
            let (near, far) = (index / 3, size - 11 + index % 3)
            fix(near, far, isDark)
            fix(far, near, isDark)
        }
    }

    static func versionBits(_ number: Int) -> UInt32 {
        let data = UInt32(number) << 12
        return data | remainder(of: data, by: 0x1F25, width: 13)
    }

    /// Fifteen bits, twice: level and mask with a (15, 5) BCH code (section 7.9), and the module that is always dark.
    private mutating func drawFormat(_ mask: QRMask) {
        let bits = QRMatrix.formatBits(version.correction, mask)
        for index in 0..<15 {
            let isDark = bits >> UInt32(index) & 1 == 1
            // Down beside the first finder, then left under it; the timing lines are passed over.
            if index < 8 {
                fix(index < 6 ? index : index + 1, 8, isDark)
                fix(8, size - 1 - index, isDark)
            } else {
                fix(8, index == 8 ? 7 : 14 - index, isDark)
                fix(size - 15 + index, 8, isDark)
            }
        }
        fix(size - 8, 8, true)
    }

    static func formatBits(_ correction: QRVersion.Correction, _ mask: QRMask) -> UInt32 {
        let data = (correction.indicator << 3 | mask.rawValue) << 10
        return (data | remainder(of: data, by: 0x537, width: 11)) ^ 0x5412
    }

    /// Of polynomials over two elements.
    ///
    /// - Parameter width: bits of the divisor.
    private static func remainder(of value: UInt32, by divisor: UInt32, width: Int) -> UInt32 {
        var value = value
        while true {
            let excess = (UInt32.bitWidth - value.leadingZeroBitCount) - width
            guard excess >= 0 else { return value }
            value ^= divisor << UInt32(excess)
        }
    }

    /// In columns two modules wide from the right, up and down in turns, past what is fixed. What is left over stays light.
    private mutating func place(_ codewords: [UInt8]) {
        var index = 0
        var isUpward = true
        // The column of the timing line is passed over: to its left the pairs are shifted by one.
        for right in stride(from: size - 1, to: 0, by: -2).map({ $0 <= 6 ? $0 - 1 : $0 }) {
            for step in 0..<size {
                let row = isUpward ? size - 1 - step : step
                for column in [right, right - 1] where !isFixed[row * size + column] && index < codewords.count * 8 {
                    dark[row * size + column] = codewords[index / 8] >> UInt8(7 - index % 8) & 1 == 1
                    index += 1
                }
            }
            isUpward.toggle()
        }
        precondition(index == codewords.count * 8)
    }
}
