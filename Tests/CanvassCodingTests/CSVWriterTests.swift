import CanvassCoding
import Testing

@Suite struct CSVWriterTests {
    static func line(_ cells: [String], isSafe: Bool = true) -> String {
        var writer = CSVWriter(isSafe: isSafe)
        writer.row(cells)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        (["a", "b c", " d "], "a,b c, d \r\n"), (["p,q"], "\"p,q\"\r\n"), (["say \"hi\""], "\"say \"\"hi\"\"\"\r\n"),
        (["x\ny", "x\ry"], "\"x\ny\",\"x\ry\"\r\n"), (["", ""], ",\r\n"), ([""], "\"\"\r\n"), (["é;"], "é;\r\n"),
    ])
    func `cells are quoted where they need it`(_ example: (cells: [String], text: String)) {
        #expect(Self.line(example.cells) == example.text)
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+cmd", "'+cmd"), ("-2+3", "'-2+3"), ("\tx", "'\tx"),
        ("\rx", "\"'\rx\""), ("=a,b", "\"'=a,b\""), ("-", "'-"), ("-1.", "'-1."), ("-1e", "'-1e"), ("-.5", "'-.5"),
        ("-1 ", "'-1 "), ("--1", "'--1"), ("+1x", "'+1x"), ("-5", "-5"), ("+4915112345678", "+4915112345678"),
        ("-12.50", "-12.50"), ("-1e5", "-1e5"), ("-1.5E-3", "-1.5E-3"), ("a=1", "a=1"), ("'=1", "'=1"), ("5", "5"),
    ])
    func `formulas are disarmed in safe mode and kept otherwise`(_ example: (cell: String, text: String)) {
        #expect(Self.line([example.cell]) == example.text + "\r\n")
        #expect(!Self.line([example.cell], isSafe: false).contains("'") || example.cell.contains("'"))
    }

    @Test func `another delimiter is quoted instead of the comma`() {
        var writer = CSVWriter(delimiter: UInt8(ascii: ";"))
        writer.row(["a;b", "c,d"])
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "\"a;b\";c,d\r\n")
    }

    @Test func `bytes are handed over piece by piece`() {
        var writer = CSVWriter()
        writer.row(["a"])
        #expect(writer.takeBytes() == Array("a\r\n".utf8))
        writer.row(["b"])
        #expect(writer.takeBytes() == Array("b\r\n".utf8))
        #expect(writer.bytes.isEmpty)
    }

    @Test func `what is written reads back`() throws {
        let seed = newSeed()
        var generator = ValueGenerator(seed: seed)
        for round in 0..<300 {
            let width = 1 + generator.random.below(4)
            let table = (0..<1 + generator.random.below(5)).map { _ in
                (0..<width).map { _ in generator.text().filter { $0 != "\0" } }
            }
            var writer = CSVWriter(isSafe: false)
            writer.row((0..<width).map { "column \($0)" })
            for row in table { writer.row(row) }
            let read = try Array(CSVReader(writer.bytes)).map { try $0.result.get() }
            let isEqual = read.elementsEqual(table) { $0.elementsEqual($1) { $0.utf8.elementsEqual($1.utf8) } }
            try #require(isEqual, "seed \(seed), round \(round)")
        }
    }
}
