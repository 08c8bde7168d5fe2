/// A QR code (ISO/IEC 18004:2015): a square of dark and light modules that cameras read bytes from.
///
/// Only what links need is here: byte mode, all forty sizes, the two lower levels of error correction. It is read once,
/// from a screen or from paper, and never painted over with a picture.
///
/// ```swift
/// let code = QRCode(Array("https://relay.example.org/join#…".utf8))
/// ```
package struct QRCode: Hashable, Sendable {
    /// Modules a side, without the quiet zone.
    package let size: Int
    /// How many light modules there have to be around it (section 6.3.8).
    package static let quietZone = 4

    private let dark: [Bool]

    /// - Returns: nil for more than 2,953 bytes, which no QR code holds.
    package init?(_ bytes: [UInt8]) {
        guard let version = QRVersion.fitting(byteCount: bytes.count) else { return nil }
        self.init(dataCodewords: version.dataCodewords(of: bytes), version: version)
    }

    /// The code of data codewords that are complete, mode, length and padding among them.
    init(dataCodewords: [UInt8], version: QRVersion) {
        precondition(dataCodewords.count == version.dataCodewordCount)
        var best: (matrix: QRMatrix, penalty: Int)?
        let plain = QRMatrix(version: version, codewords: version.interleaved(dataCodewords))
        for mask in QRMask.allCases {
            let matrix = plain.masked(mask)
            let penalty = matrix.penalty
            if best.map({ penalty < $0.penalty }) ?? true { best = (matrix, penalty) }
        }
        guard let best else { preconditionFailure("there are eight masks") }
        size = version.size
        dark = best.matrix.dark
    }

    /// Whether a module is dark; those outside are light.
    package func isDark(row: Int, column: Int) -> Bool {
        let range = 0..<size
        return range.contains(row) && range.contains(column) && dark[row * size + column]
    }
}
