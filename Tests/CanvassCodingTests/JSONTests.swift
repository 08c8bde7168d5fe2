import CanvassCoding
import Testing

@Suite struct JSONTests {
    /// Text, what it reads as, and how that is written.
    static let accepted: [(String, Value, String)] = [
        ("null", .null, "null"), (" true ", true, "true"), ("\t\r\nfalse\n", false, "false"),
        ("0", 0, "0"), ("-0", 0, "0"), ("-0.0", 0, "0"), ("1.0", 1, "1"), ("1e0", 1, "1"), ("10E-1", 1, "1"),
        ("100e-2", 1, "1"), ("1E+2", 100, "100"), ("0e999999999999999999999", 0, "0"),
        ("9223372036854775807", .integer(.max), "9223372036854775807"),
        ("-9223372036854775808", .integer(.min), "-9223372036854775808"),
        ("9223372036854775808", .number(0x1p63), "9.223372036854776e+18"),
        ("-9223372036854775809", .number(-0x1p63), "-9.223372036854776e+18"),
        ("9007199254740992.0", .integer(1 << 53), "9007199254740992"),
        ("9007199254740993", .integer(1 << 53 + 1), "9007199254740993"),
        ("9007199254740994.0", .number(0x1p53 + 2), "9.007199254740994e+15"),
        ("123456789012345678901234567890", .number(1.2345678901234568e+29), "1.2345678901234568e+29"),
        ("1e21", .number(1e21), "1e+21"), ("0.1", .number(0.1), "0.1"), ("-1.5e-3", .number(-0.0015), "-0.0015"),
        ("0.30000000000000004", .number(0.1 + 0.2), "0.30000000000000004"), ("1e-7", .number(1e-7), "1e-07"),
        ("2.2250738585072011e-308", .number(Double(bitPattern: 0xF_FFFF_FFFF_FFFF)), "2.225073858507201e-308"),
        ("5e-324", .number(.leastNonzeroMagnitude), "5e-324"), ("1e-400", 0, "0"),
        ("1.7976931348623157e308", .number(.greatestFiniteMagnitude), "1.7976931348623157e+308"),
        ("\"\"", "", "\"\""), (#""a\/b""#, "a/b", "\"a/b\""),
        (#""\"\\\b\f\n\r\t""#, "\"\\\u{8}\u{C}\n\r\t", #""\"\\\b\f\n\r\t""#),
        (#""\u0000\u001F\u007f""#, "\0\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""),
        (#""\u00e9\u4E2d\uD83D\uDE00""#, "é中😀", "\"é中😀\""), ("\"é中😀\"", "é中😀", "\"é中😀\""),
        (#""é\n中""#, "é\n中", #""é\n中""#), (#""\uFFFF""#, "\u{FFFF}", "\"\u{FFFF}\""),
        ("\"\u{2028}\"", "\u{2028}", "\"\u{2028}\""),
        ("[]", [], "[]"), ("[ ]", [], "[]"), ("[1 , [2],\n3]", [1, [2], 3], "[1,[2],3]"), ("{}", [:], "{}"),
        ("{ }", [:], "{}"),
        (#"{ "b" : 1 , "a" : {"":null} }"#, ["b": 1, "a": ["": .null]], #"{"b":1,"a":{"":null}}"#),
        ("{\"\u{e9}\":1,\"e\u{301}\":2}", ["\u{e9}": 1, "e\u{301}": 2], "{\"\u{e9}\":1,\"e\u{301}\":2}"),
        (#"{"$bytes":"AQID"}"#, .bytes([1, 2, 3]), #"{"$bytes":"AQID"}"#),
        (#"{"$bytes":""}"#, .bytes([]), #"{"$bytes":""}"#),
        (#"{"$cbor":"9w"}"#, .foreign([0xF7]), #"{"$cbor":"9w"}"#), (#"{"$cbor":"AQ"}"#, 1, "1"),
        (#"{"$$bytes":"AQID"}"#, ["$bytes": "AQID"], #"{"$$bytes":"AQID"}"#),
        (#"{"$$$cbor":1,"x":2}"#, ["$$cbor": 1, "x": 2], #"{"$$$cbor":1,"x":2}"#),
        (#"{"$x":1,"$":2,"bytes":3}"#, ["$x": 1, "$": 2, "bytes": 3], #"{"$x":1,"$":2,"bytes":3}"#),
    ]

    @Test(arguments: accepted)
    func `a valid text reads and is written in its one form`(_ item: (text: String, value: Value, written: String))
        throws
    {
        let value = try JSON.decode(item.text)
        #expect(value == item.value)
        #expect(JSON.encode(value) == item.written)
        #expect(try JSON.decode(item.written) == item.value)
    }

    /// Text, the offset where reading stops, and why.
    static let refused: [(String, Int, String)] = [
        ("", 0, "a value"), (" ", 1, "a value"), ("\u{FEFF}1", 0, "a value"), ("nul", 0, "null"),
        ("True", 0, "a value"),
        ("truefalse", 4, "after the value"), ("1 2", 2, "after the value"), ("[1]]", 3, "after the value"),
        ("1\u{0}", 1, "after the value"), ("NaN", 0, "a value"), ("Infinity", 0, "a value"),
        ("-Infinity", 1, "a digit"),
        ("+1", 0, "a value"), ("-", 1, "a digit"), ("--1", 1, "a digit"), ("01", 0, "leading zero"),
        ("-01", 1, "leading zero"), ("00", 0, "leading zero"), (".5", 0, "a value"), ("5.", 2, "a digit"),
        ("1.e1", 2, "a digit"), ("1e", 2, "a digit"), ("1e+", 3, "a digit"), ("0x10", 1, "after the value"),
        ("1_000", 1, "after the value"), ("1e400", 0, "beyond"), ("-1e999999999999999999999", 0, "beyond"),
        ("\"", 0, "closing quote"), ("\"abc", 0, "closing quote"), ("'a'", 0, "a value"), ("\"\t\"", 1, "control"),
        ("\"a\n\"", 2, "control"), ("\"\0\"", 1, "control"), (#""\x41""#, 1, "escape"), (#""\""#, 0, "closing quote"),
        (#""\"#, 1, "escape"), (#""\u12""#, 1, "hexadecimal"), (#""\u12G4""#, 1, "hexadecimal"),
        (#""\u"#, 1, "hexadecimal"),
        (#""\u+123""#, 1, "hexadecimal"), (#""\uD800""#, 1, "surrogate"), (#""\uDC00""#, 1, "surrogate"),
        (#""a\uD800\n""#, 2, "surrogate"), (#""\uD800\uD800""#, 1, "surrogate"), (#""\uDE00\uD83D""#, 1, "surrogate"),
        (#""\uD800\u12""#, 7, "hexadecimal"), ("[", 1, "an element"), ("[1", 2, "expected ,"), ("[1,", 3, "a value"),
        ("[1,]", 3, "a value"), ("[,1]", 1, "a value"), ("[1 2]", 3, "expected ,"), ("[1;2]", 2, "expected ,"),
        ("]", 0, "a value"), ("[1}", 2, "expected ,"), ("{", 1, "a key"), ("{a:1}", 1, "in quotes"),
        ("{1:1}", 1, "in quotes"),
        (#"{"a"}"#, 4, "colon"), (#"{"a" 1}"#, 5, "colon"), (#"{"a":}"#, 5, "a value"), (#"{"a":1,}"#, 7, "in quotes"),
        (#"{"a":1"#, 6, "expected ,"), (#"{"a":1 "b":2}"#, 7, "expected ,"), (#"{"a":1]"#, 6, "expected ,"),
        (#"{"a":1,"a":2}"#, 7, "duplicate"), (#"{"a":1,"\u0061":2}"#, 7, "duplicate"),
        ("[1] // a", 4, "after the value"),
        ("/**/1", 0, "a value"), (#"{"$bytes":1}"#, 0, "stands alone"), (#"{"$bytes":"A"}"#, 0, "base64url"),
        (#"{"$bytes":"AQ=="}"#, 0, "base64url"), (#"{"$bytes":"AQ","a":1}"#, 0, "stands alone"),
        (#"[{"a":1,"$cbor":"9w"}]"#, 1, "stands alone"), (#"{"$cbor":""}"#, 0, "CBOR"),
        (#"{"$cbor":"GAE"}"#, 0, "CBOR"),
    ]

    @Test(arguments: refused)
    func `an invalid text is refused with its place`(_ item: (text: String, offset: Int, reason: String)) {
        let error = #expect(throws: CodingError.self) { try JSON.decode(item.text) }
        #expect(error?.offset == item.offset, "\(item.text): \(String(describing: error))")
        #expect(error?.reason.contains(item.reason) == true, "\(item.text): \(String(describing: error))")
    }

    @Test(arguments: [
        ("22ff22", 1), ("2261c08022", 2), ("226eeda08022", 2), ("225c6ef490808022", 3), ("22c3", 1), ("22e4b822", 1),
    ])
    func `invalid UTF-8 is refused`(_ input: (bytes: String, offset: Int)) {
        let error = #expect(throws: CodingError.self) { try JSON.decode(hex(input.bytes)) }
        #expect(error?.offset == input.offset)
        #expect(error?.reason == "invalid UTF-8")
    }

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}")])
    func `nesting stops at the limit`(_ brackets: (opening: String, closing: String)) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: brackets.opening, count: depth) + "1" + String(repeating: brackets.closing, count: depth)
        }
        #expect(try JSON.encode(JSON.decode(nested(64))) == nested(64))
        #expect(throws: CodingError.self) { try JSON.decode(nested(65)) }
        #expect(throws: CodingError.self) { try JSON.decode(nested(100_000)) }
    }

    @Test func `many keys are still told apart`() throws {
        let keys = (0..<5_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(try JSON.decode("{\(keys)}").mapValue?.count == 5_000)
        let error = #expect(throws: CodingError.self) { try JSON.decode("{\(keys),\"k4321\":0}") }
        #expect(error?.reason.contains("k4321") == true)
        let few = (0..<16).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(throws: CodingError.self) { try JSON.decode("{\(few),\"k3\":0}") }
    }

    @Test func `random values survive`() throws {
        let seed = newSeed()
        var generator = ValueGenerator(seed: seed)
        for round in 0..<2_000 {
            let value = generator.value()
            for isPretty in [false, true] {
                let text = JSON.encode(value, pretty: isPretty)
                try #require(try JSON.decode(text) == value, "seed \(seed), round \(round): \(text)")
            }
        }
    }

    @Test func `random numbers survive`() throws {
        let seed = newSeed()
        var random = SeededGenerator(seed: seed)
        for round in 0..<20_000 {
            let double = Double(bitPattern: random.next())
            guard double.isFinite else { continue }
            try #require(try JSON.decode("\(double)") == Value(double), "seed \(seed), round \(round)")
            // Few digits take the short way; it must agree with the long one.
            let text = "\(random.below(1 << 54)).\(random.below(1000))e\(random.below(60) - 30)"
            try #require(try JSON.decode(text) == Value(Double(text) ?? .nan), "seed \(seed), round \(round): \(text)")
        }
    }

    @Test func `damaged texts are refused or read, and never trap`() throws {
        let seed = newSeed()
        var generator = ValueGenerator(seed: seed)
        for round in 0..<5_000 {
            var bytes = Array(JSON.encode(generator.value(depth: 2)).utf8)
            for _ in 0..<2 {
                let index = generator.random.below(bytes.count)
                switch generator.random.below(3) {
                case 0: bytes.remove(at: index)
                case 1: bytes[index] = UInt8(generator.random.below(256))
                default: bytes.insert(bytes[generator.random.below(bytes.count)], at: index)
                }
                if bytes.isEmpty { bytes = [0x30] }
            }
            guard let value = try? JSON.decode(bytes) else { continue }
            try #require(try JSON.decode(JSON.encode(value)) == value, "seed \(seed), round \(round)")
        }
    }

    @Test func `pretty text has a line for every member`() {
        let value: Value = ["a": [1, []], "b": [:], "c": .bytes([1])]
        #expect(
            JSON.encode(value, pretty: true) == """
                {
                  "a": [
                    1,
                    []
                  ],
                  "b": {},
                  "c": {
                    "$bytes": "AQ"
                  }
                }
                """)
    }

    @Test func `text is appended to what is there`() {
        var bytes = Array("x=".utf8)
        JSON.encode([1, "é"], into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "x=[1,\"é\"]")
    }

    @Test func `what no answer can be is null`() {
        #expect(JSON.encode([.number(.nan), .number(.infinity), .number(2)]) == "[null,null,2]")
    }

    @Test(arguments: [
        (0, 1, 1), (1, 1, 2), (3, 1, 3), (4, 2, 1), (5, 2, 2), (6, 3, 1), (7, 4, 1), (8, 4, 1), (99, 4, 2), (-1, 1, 1),
    ])
    func `an offset has a line and a column`(_ example: (offset: Int, line: Int, column: Int)) {
        let position = JSON.position(of: example.offset, in: hex("61c3a9 0a 62 0d 0d0a 63"))
        #expect(position == (example.line, example.column))
    }
}
