/// The size of a QR code, from 1 to 40, with its level of error correction: how many codewords go where (ISO/IEC 18004,
/// table 9), and the bits in front of and behind the data (section 7.4).
struct QRVersion: Hashable, Sendable {
    /// How much of the code may be damaged: 7 % or 15 %.
    enum Correction: CaseIterable {
        case low, medium

        /// As the format information has it (table 12).
        var indicator: UInt32 {
            switch self {
            case .low: 0b01
            case .medium: 0b00
            }
        }
    }

    static let numbers = 1...40
    /// Beyond this size modules on a phone-sized picture get so small that less error correction reads better.
    private static let largestMedium = 15

    let number: Int
    let correction: Correction

    init(_ number: Int, _ correction: Correction) {
        precondition(QRVersion.numbers.contains(number))
        self.number = number
        self.correction = correction
    }

    /// The smallest that bytes fit into, with medium correction as long as that is no large code.
    static func fitting(byteCount: Int) -> QRVersion? {
        let medium = numbers.lazy.filter { $0 <= largestMedium }.map { QRVersion($0, .medium) }
        let low = numbers.lazy.filter { $0 > largestMedium }.map { QRVersion($0, .low) }
        return medium.first { $0.byteCapacity >= byteCount } ?? low.first { $0.byteCapacity >= byteCount }
    }

    var size: Int { 17 + 4 * number }

    /// The rows, and columns, of the centres of alignment patterns (annex E).
    var alignmentCentres: [Int] {
        guard number > 1 else { return [] }
        let count = number / 7 + 2
        let (first, last) = (6, size - 7)
        // Evenly spaced from the far end, by an even number of modules: what is left over goes to the first gap. Size 32
        // alone is the standard's exception.
        let gaps = 2 * (count - 1)
        let step = number == 32 ? 26 : 2 * ((last - first + gaps - 1) / gaps)
        return [first] + (0..<(count - 1)).reversed().map { last - $0 * step }
    }

    /// The modules that data and error correction may fill.
    private var moduleCount: Int {
        let finders = 3 * 64
        let timing = 2 * (size - 16)
        let format = 31
        let lines = alignmentCentres.count
        // All but the three in the corners with finders; those on the timing lines share five modules with them.
        let alignment = lines == 0 ? 0 : 25 * (lines * lines - 3) - 10 * (lines - 2)
        let version = number >= 7 ? 36 : 0
        return size * size - finders - timing - format - alignment - version
    }

    private var codewordCount: Int { moduleCount / 8 }

    private var correctionPerBlock: Int {
        switch correction {
        case .low: QRVersion.lowCorrectionPerBlock[number - 1]
        case .medium: QRVersion.mediumCorrectionPerBlock[number - 1]
        }
    }

    private var blockCount: Int {
        switch correction {
        case .low: QRVersion.lowBlockCounts[number - 1]
        case .medium: QRVersion.mediumBlockCounts[number - 1]
        }
    }

    var dataCodewordCount: Int { codewordCount - blockCount * correctionPerBlock }

    private var lengthBits: Int { number < 10 ? 8 : 16 }

    var byteCapacity: Int { (dataCodewordCount * 8 - 4 - lengthBits) / 8 }

    /// Mode, length, the bytes, an end, and padding.
    func dataCodewords(of bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count <= byteCapacity)
        var bits = QRBits()
        bits.append(0b0100, count: 4)
        bits.append(UInt32(bytes.count), count: lengthBits)
        for byte in bytes { bits.append(UInt32(byte), count: 8) }
        let room = dataCodewordCount * 8
        bits.append(0, count: min(4, room - bits.count))
        bits.append(0, count: (8 - bits.count % 8) % 8)
        var isFirst = true
        while bits.count < room {
            bits.append(isFirst ? 0b1110_1100 : 0b0001_0001, count: 8)
            isFirst.toggle()
        }
        return bits.bytes
    }

    /// All codewords in the order in which they are placed: the data of all blocks in turns, then their error correction
    /// (section 7.6).
    func interleaved(_ data: [UInt8]) -> [UInt8] {
        let shortLength = dataCodewordCount / blockCount
        let longBlocks = dataCodewordCount % blockCount
        let reedSolomon = ReedSolomon(count: correctionPerBlock)
        var blocks: [ArraySlice<UInt8>] = []
        var start = 0
        for block in 0..<blockCount {
            let length = block < blockCount - longBlocks ? shortLength : shortLength + 1
            blocks.append(data[start..<(start + length)])
            start += length
        }
        var codewords: [UInt8] = []
        codewords.reserveCapacity(codewordCount)
        for index in 0...shortLength {
            for block in blocks where index < block.count { codewords.append(block[block.startIndex + index]) }
        }
        let corrections = blocks.map { reedSolomon.correction(of: $0) }
        for index in 0..<correctionPerBlock {
            for correction in corrections { codewords.append(correction[index]) }
        }
        return codewords
    }

    // Table 9, by size from 1 to 40.

    private static let lowCorrectionPerBlock = [
        7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
        28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ]
    private static let mediumCorrectionPerBlock = [
        10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
        26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    ]
    private static let lowBlockCounts = [
        1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8,
        8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25,
    ]
    private static let mediumBlockCounts = [
        1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
        17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
    ]
}

/// Bits, the most significant of each number first.
private struct QRBits {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    mutating func append(_ value: UInt32, count bits: Int) {
        for shift in (0..<bits).reversed() {
            if count % 8 == 0 { bytes.append(0) }
            let bit = UInt8(truncatingIfNeeded: value >> UInt32(shift)) & 1
            bytes[bytes.count - 1] |= bit << UInt8(7 - count % 8)
            count += 1
        }
    }
}
