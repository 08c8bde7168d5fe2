import Testing

@testable import CanvassCoding

@Suite struct QRCodeTests {
    /// The example of ISO/IEC 18004, annex I: the digits 01234567 in size 1 with medium correction.
    static let example: [UInt8] = [
        0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11,
    ]
    static let exampleCorrection: [UInt8] = [0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55]

    private let matrix = QRMatrix(
        version: QRVersion(1, .medium), codewords: QRVersion(1, .medium).interleaved(example))

    @Test func `the error correction of the standard's example`() {
        #expect(ReedSolomon(count: 10).correction(of: QRCodeTests.example) == QRCodeTests.exampleCorrection)
        #expect(
            QRVersion(1, .medium).interleaved(QRCodeTests.example)
                == QRCodeTests.example + QRCodeTests.exampleCorrection)
    }

    @Test func `the symbol of the standard's example`() {
        let picture = """
            #######..#.##.#######
            #.....#..####.#.....#
            #.###.#.#.....#.###.#
            #.###.#.##....#.###.#
            #.###.#.#.###.#.###.#
            #.....#.#...#.#.....#
            #######.#.#.#.#######
            ........#..##........
            #.#####..#..#.#####..
            ...#.#.##.#.#..#.##..
            ..#...##.#.#.#..#####
            ....#....#.....####..
            ...######..#.#..#....
            ........#.#####..##..
            #######..##.#.##.....
            #.....#.#.#####...#.#
            #.###.#.#...#..#.##..
            #.###.#.##..#..#.....
            #.###.#.#.##.#..#.#..
            #.....#........##.##.
            #######.####.#..#.#..
            """
        let drawn = matrix.masked(.columns)
        let text = (0..<21).map { row in
            (0..<21).map { drawn.dark[row * 21 + $0] ? "#" : "." }.joined()
        }.joined(separator: "\n")
        #expect(text == picture)
    }

    @Test func `format and version as the standard's examples have them`() {
        #expect(QRMatrix.formatBits(.medium, .crosses) == 0b100_0000_1100_1110)
        #expect(QRMatrix.versionBits(7) == 0b00_0111_1100_1001_0100)
    }

    /// Counted by a program that shares nothing with this one, over the example's symbol.
    @Test func `the penalty of each mask`() {
        let penalties = QRMask.allCases.map { matrix.masked($0).penalty }
        #expect(penalties == [1057, 1253, 1117, 1172, 1250, 1397, 1179, 1126])
    }

    @Test func `alignment patterns lie where annex E puts them`() {
        let expected = [
            1: [], 2: [6, 18], 6: [6, 34], 7: [6, 22, 38], 14: [6, 26, 46, 66], 15: [6, 26, 48, 70],
            22: [6, 26, 50, 74, 98], 32: [6, 34, 60, 86, 112, 138], 36: [6, 24, 50, 76, 102, 128, 154],
            39: [6, 26, 54, 82, 110, 138, 166], 40: [6, 30, 58, 86, 114, 142, 170],
        ]
        for (number, centres) in expected { #expect(QRVersion(number, .low).alignmentCentres == centres) }
    }

    @Test func `capacities are those of table 7`() {
        let expected = [
            (1, 17, 14), (2, 32, 26), (6, 134, 106), (9, 230, 180), (10, 271, 213), (15, 520, 412), (27, 1465, 1125),
            (40, 2953, 2331),
        ]
        for (number, low, medium) in expected {
            #expect(QRVersion(number, .low).byteCapacity == low)
            #expect(QRVersion(number, .medium).byteCapacity == medium)
        }
    }

    /// All of these were read back, byte for byte, by zxing-cpp 3.1.
    @Test func `codes of every size are those that were read back`() {
        var hash = SHA256()
        for number in QRVersion.numbers {
            for correction in QRVersion.Correction.allCases {
                let version = QRVersion(number, correction)
                let bytes = (0..<version.byteCapacity).map { UInt8(33 + ($0 * 7 + number) % 90) }
                let code = QRCode(dataCodewords: version.dataCodewords(of: bytes), version: version)
                for row in 0..<code.size {
                    hash.update((0..<code.size).map { code.isDark(row: row, column: $0) ? 0x31 : 0x30 } + [0x0A])
                }
            }
        }
        #expect(hash.finalize() == hex("285ce982df23273e658e093503d11fb658f666af275fa2eee6dcd090bd1f16a5"))
    }

    @Test func `the smallest code that fits is taken, and none for too much`() throws {
        for (count, size) in [(0, 21), (14, 21), (15, 25), (106, 41), (412, 77), (413, 81), (2953, 177)] {
            #expect(try #require(QRCode(.init(repeating: 0x61, count: count))).size == size, "\(count) bytes")
        }
        #expect(QRCode(.init(repeating: 0x61, count: 2954)) == nil)
    }

    @Test func `outside the code all is light`() throws {
        let code = try #require(QRCode([0x61]))
        #expect(code.isDark(row: 0, column: 0))
        for (row, column) in [(-1, 0), (0, -1), (21, 0), (0, 21), (.min, .max)] {
            #expect(!code.isDark(row: row, column: column))
        }
    }
}
