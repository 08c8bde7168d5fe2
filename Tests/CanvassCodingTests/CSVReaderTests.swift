import CanvassCoding
import Testing

@Suite struct CSVReaderTests {
    static func rows(_ text: String) throws -> [CSVRow] { try Array(CSVReader(Array(text.utf8))) }

    static func fields(_ text: String) throws -> [[String]] { try rows(text).map { try $0.result.get() } }

    /// RFC 4180, section 2, and what files in the wild add to it.
    @Test(arguments: [
        ("a,b\r\n1,2\r\n", [["1", "2"]]), ("a,b\r\n1,2", [["1", "2"]]),
        ("a,b\n1,2\n3,4\n", [["1", "2"], ["3", "4"]]),
        ("a,b\r1,2\r3,4", [["1", "2"], ["3", "4"]]), ("\u{FEFF}a,b\n1,2", [["1", "2"]]),
        ("a,b\n\"1\",\"2\"\n", [["1", "2"]]), ("a,b\n\"x\r\ny\",\"p,q\"\n", [["x\r\ny", "p,q"]]),
        ("a,b\n\"say \"\"hi\"\"\",\"\"\n", [["say \"hi\"", ""]]), ("a,b\n\"\"\"\",\"\"\"\"\"\"\n", [["\"", "\"\""]]),
        ("a,b\n,\n", [["", ""]]), ("a,b\n1,", [["1", ""]]), ("a,b\n 1 , 2 ", [[" 1 ", " 2 "]]),
        ("a,b\n5\" pipe,x \"y\"\n", [["5\" pipe", "x \"y\""]]),
        ("\n\na,b\n\n1,2\n\r\n\n3,4\n\n", [["1", "2"], ["3", "4"]]),
        ("a\n\"\"\nx\n", [[""], ["x"]]), ("a,b\n", []), ("a,b", []), ("a,b\né,ع\n", [["é", "ع"]]),
        ("a;b\n1,5;2\n", [["1,5", "2"]]), ("a\tb\n1,5\t2;\n", [["1,5", "2;"]]), ("\"a;x;y\",b\n1,2\n", [["1", "2"]]),
        ("a,b;c\n1,2\n", [["1", "2"]]),
    ])
    func `rows are read`(_ example: (text: String, rows: [[String]])) throws {
        #expect(try Self.fields(example.text) == example.rows)
    }

    @Test func `the header and the delimiter are known at once`() throws {
        let reader = try CSVReader(Array("\u{FEFF}\"first\nname\";age\nx;1".utf8))
        #expect(reader.header == ["first\nname", "age"])
        #expect(reader.delimiter == UInt8(ascii: ";"))
        #expect(try CSVReader(Array("a;b|c".utf8), delimiter: UInt8(ascii: "|")).header == ["a;b", "c"])
    }

    @Test func `rows know their number and their line`() throws {
        let rows = try Self.rows("a,b\n\n\"x\n\ny\",1\nshort\n\"p\r\nq\",2\n3,4\n")
        #expect(rows.map(\.number) == [1, 2, 3, 4])
        #expect(rows.map(\.line) == [3, 6, 7, 9])
    }

    @Test func `a row that cannot be read does not stop the others`() throws {
        let rows = try Self.rows("a,b\n1\n1,2,3\n\"x\"y,2\n1,2\n\"p\nq\"r,2\n,\n")
        #expect(
            rows.map(\.result) == [
                .failure(CSVRowError(reason: .tooFewFields(expected: 2, found: 1), line: 2)),
                .failure(CSVRowError(reason: .tooManyFields(expected: 2, found: 3), line: 3)),
                .failure(CSVRowError(reason: .textAfterClosingQuote, line: 4)), .success(["1", "2"]),
                .failure(CSVRowError(reason: .textAfterClosingQuote, line: 7)), .success(["", ""]),
            ])
        #expect(rows.map(\.number) == [1, 2, 3, 4, 5, 6])
    }

    @Test func `a quote without an end costs its own line only`() throws {
        let rows = try Self.rows("a,b\n1,2\n3,\"four\n5,6\n7,\"\"\n")
        #expect(
            rows.map(\.result) == [
                .success(["1", "2"]), .failure(CSVRowError(reason: .unterminatedQuote, line: 3)), .success(["5", "6"]),
                .success(["7", ""]),
            ])
    }

    @Test func `a quote that opens on a later line of its row is reported there`() throws {
        let rows = try Self.rows("a,b\n\"x\ny\",\"open\n1,2\n")
        #expect(rows.map(\.line) == [2, 4])
        #expect(
            rows.map(\.result) == [
                .failure(CSVRowError(reason: .unterminatedQuote, line: 3)), .success(["1", "2"]),
            ])
    }

    @Test func `all lines behind an open quote are read`() throws {
        let rows = try Self.rows("a\n\"x\n" + String(repeating: "\"\"\n", count: 20_000))
        #expect(rows.count == 20_001)
        #expect(rows.first?.result == .failure(CSVRowError(reason: .unterminatedQuote, line: 2)))
        #expect(rows.dropFirst().allSatisfy { $0.result == .success([""]) })
    }

    @Test func `invalid UTF-8 is an error of its row with the byte's place`() throws {
        let bytes = Array("a,b\né,1\nx,".utf8) + [0xE9] + Array("\n3,4\n".utf8)
        let rows = try Array(CSVReader(bytes))
        #expect(
            rows.map(\.result) == [
                .success(["é", "1"]), .failure(CSVRowError(reason: .invalidUTF8(offset: 2), line: 3)),
                .success(["3", "4"]),
            ])
    }

    @Test func `a damaged field does not hide where its row ends`() throws {
        let bytes = Array("a,b\n\"x".utf8) + [0xFF] + Array("\ny\",\"p\nq\"\n3,4\n".utf8)
        let rows = try Array(CSVReader(bytes))
        #expect(rows.map(\.line) == [2, 5])
        #expect(rows.map(\.result).first == .failure(CSVRowError(reason: .invalidUTF8(offset: 2), line: 2)))
        #expect(rows.map(\.result).last == .success(["3", "4"]))
    }

    @Test(arguments: [false, true])
    func `a field has a longest length`(_ isQuoted: Bool) throws {
        let quote = isQuoted ? "\"" : ""
        func text(_ count: Int) -> String { "a,b\n\(quote)\(String(repeating: "x", count: count))\(quote),2\n3,4\n" }
        #expect(try Self.fields(text(1 << 20)).count == 2)
        #expect(
            try Self.rows(text(1 << 20 + 1)).map(\.result) == [
                .failure(CSVRowError(reason: .fieldTooLong(limit: 1 << 20), line: 2)), .success(["3", "4"]),
            ])
    }

    @Test(arguments: [
        ("", "empty"), ("efbbbf", "empty"), ("0d0a0a", "empty"), ("fffe61002c00", "UTF-16"), ("feff0061002c", "UTF-16"),
        ("61002c0062000a00", "UTF-16"), ("22610a62", "in the header"), ("6122ff2c62", "in the header"),
    ])
    func `a file that is no UTF-8 table is refused at once`(_ input: (bytes: String, reason: String)) {
        let error = #expect(throws: CodingError.self) { try CSVReader(hex(input.bytes)) }
        #expect(error?.reason.contains(input.reason) == true, "\(String(describing: error))")
    }

    @Test func `a file in Latin-1 is refused at once`() throws {
        let line = [UInt8]("M".utf8) + [0xFC] + Array("ller,1\n".utf8)
        let error = #expect(throws: CodingError.self) {
            try CSVReader(Array("name,n\n".utf8) + line + line + line)
        }
        #expect(error?.reason.contains("Latin-1") == true)
        #expect(error?.offset == 8)
        // Two such lines may be damage, and so may any number in a file that has whole sequences too.
        #expect(try Array(CSVReader(Array("name,n\n".utf8) + line + line)).count == 2)
        #expect(try Array(CSVReader(Array("näme,n\n".utf8) + line + line + line)).count == 3)
    }

    @Test func `a header has a largest width`() throws {
        #expect(try CSVReader([UInt8](repeating: 0x2C, count: 16_383)).header.count == 16_384)
        #expect(throws: CodingError.self) { try CSVReader([UInt8](repeating: 0x2C, count: 16_384)) }
        let rows = try Array(CSVReader(Array("a,b\n".utf8) + [UInt8](repeating: 0x2C, count: 100_000)))
        #expect(
            rows.first?.result == .failure(CSVRowError(reason: .tooManyFields(expected: 2, found: 100_001), line: 2)))
    }

    @Test func `random bytes always end`() throws {
        let seed = newSeed()
        var random = SeededGenerator(seed: seed)
        let alphabet: [UInt8] = Array("ab\",;\n\r".utf8) + [0xC3, 0xA9]
        for _ in 0..<3_000 {
            let bytes = (0..<random.below(60)).map { _ in alphabet[random.below(alphabet.count)] }
            guard let reader = try? CSVReader(bytes) else { continue }
            var line = 1
            for row in reader {
                #expect(row.line > line, "seed \(seed): \(bytes)")
                line = row.line
                if case .success(let fields) = row.result { #expect(fields.count == reader.header.count) }
            }
        }
    }
}
