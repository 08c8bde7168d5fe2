import CanvassCoding
import Testing

@Suite struct CBORTests {
    /// RFC 8949, appendix A: the examples whose deterministic form is the one printed there.
    static let appendixA: [(String, Value)] = [
        ("00", 0), ("01", 1), ("0a", 10), ("17", 23), ("1818", 24), ("1819", 25), ("1864", 100), ("1903e8", 1000),
        ("1a000f4240", 1_000_000), ("1b000000e8d4a51000", 1_000_000_000_000), ("20", -1), ("29", -10), ("3863", -100),
        ("3903e7", -1000), ("f93e00", .number(1.5)), ("fb3ff199999999999a", .number(1.1)),
        ("fa7f7fffff", .number(3.4028234663852886e+38)), ("fb7e37e43c8800759c", .number(1.0e+300)),
        ("f90001", .number(5.960464477539063e-8)), ("f90400", .number(0.00006103515625)),
        ("fbc010666666666666", .number(-4.1)), ("f4", false), ("f5", true), ("f6", .null), ("40", .bytes([])),
        ("4401020304", .bytes([1, 2, 3, 4])), ("60", ""), ("6161", "a"), ("6449455446", "IETF"), ("62225c", "\"\\"),
        ("62c3bc", "\u{fc}"), ("63e6b0b4", "\u{6c34}"), ("64f0908591", "\u{10151}"), ("80", []),
        ("83010203", [1, 2, 3]),
        ("8301820203820405", [1, [2, 3], [4, 5]]),
        ("98190102030405060708090a0b0c0d0e0f101112131415161718181819", .list((1...25).map { .integer($0) })),
        ("a0", [:]), ("a26161016162820203", ["a": 1, "b": [2, 3]]), ("826161a161626163", ["a", ["b": "c"]]),
        (
            "a56161614161626142616361436164614461656145",
            ["a": "A", "b": "B", "c": "C", "d": "D", "e": "E"]
        ),
    ]

    /// RFC 8949, appendix A: what `Value` has no case for.
    static let foreign = [
        "1bffffffffffffffff", "c249010000000000000000", "3bffffffffffffffff", "c349010000000000000000", "f7", "f0",
        "f8ff", "c074323031332d30332d32315432303a30343a30305a", "c11a514b67b0", "d74401020304", "d818456449455446",
        "d82076687474703a2f2f7777772e6578616d706c652e636f6d", "a201020304",
    ]

    @Test(arguments: appendixA)
    func `the examples of appendix A read and write`(_ example: (bytes: String, value: Value)) throws {
        #expect(CBOR.encode(example.value) == hex(example.bytes))
        #expect(try CBOR.decode(hex(example.bytes)) == example.value)
    }

    @Test(arguments: foreign)
    func `items this version has no case for are kept as they came`(_ bytes: String) throws {
        let value = try CBOR.decode(hex(bytes))
        #expect(value == .foreign(hex(bytes)))
        #expect(CBOR.encode(value) == hex(bytes))
        let wrapped = hex("82") + hex(bytes) + [1]
        #expect(try CBOR.decode(wrapped) == [.foreign(hex(bytes)), 1])
    }

    /// Bytes, the offset where reading stops and why.
    static let refused: [(String, Int, String)] = [
        // Appendix A: indefinite lengths.
        ("5f42010243030405ff", 0, "indefinite length"), ("7f657374726561646d696e67ff", 0, "indefinite length"),
        ("9fff", 0, "indefinite length"), ("9f018202039f0405ffff", 0, "indefinite length"),
        ("83018202039f0405ff", 5, "indefinite length"), ("bf61610161629f0203ffff", 0, "indefinite length"),
        ("826161bf61626163ff", 3, "indefinite length"), ("ff", 0, "indefinite length"),
        // Appendix A: not the shortest, or no answers.
        ("f90000", 0, "whole number written as float"), ("f98000", 0, "whole number written as float"),
        ("f93c00", 0, "whole number written as float"), ("f97bff", 0, "whole number written as float"),
        ("fa47c35000", 0, "whole number written as float"), ("f9c400", 0, "whole number written as float"),
        ("f97c00", 0, "NaN and infinities"), ("f97e00", 0, "NaN and infinities"), ("f9fc00", 0, "NaN and infinities"),
        ("fa7f800000", 0, "NaN and infinities"), ("fb7ff8000000000000", 0, "NaN and infinities"),
        ("82 01 f97e00", 2, "NaN and infinities"), ("a1 01 f97e00", 2, "NaN and infinities"),
        ("fa3fc00000", 0, "longer float"), ("fb3ff8000000000000", 0, "longer float"),
        ("fb3e70000000000000", 0, "longer float"), ("fb47efffffe0000000", 0, "longer float"),
        // Longer heads than needed.
        ("1800", 0, "longer form"), ("1817", 0, "longer form"), ("190018", 0, "longer form"),
        ("1900ff", 0, "longer form"), ("1a0000ffff", 0, "longer form"), ("1b00000000ffffffff", 0, "longer form"),
        ("3817", 0, "longer form"), ("580101", 0, "longer form"), ("780161", 0, "longer form"),
        ("980101", 0, "longer form"), ("b8016101", 0, "longer form"), ("d80100", 0, "longer form"),
        ("c24101", 1, "bignum"), ("c2 49 000000000000000001", 1, "bignum"),
        // Ill-formed.
        ("", 0, "end inside"), ("18", 0, "end inside"), ("1901", 0, "end inside"), ("1a010203", 0, "end inside"),
        ("1b01020304050607", 0, "end inside"), ("61", 0, "end inside"), ("4201", 0, "end inside"),
        ("5bffffffffffffffff", 0, "end inside"), ("7bffffffffffffffff00", 0, "end inside"), ("8201", 0, "announced"),
        ("c1", 1, "end inside"), ("1c", 0, "reserved"), ("1d", 0, "reserved"), ("fe", 0, "reserved"),
        ("f800", 0, "simple value"), ("f81f", 0, "simple value"),
        ("9bffffffffffffffff", 0, "announced"), ("9a7fffffff00", 0, "announced"),
        ("bb7fffffffffffffff00", 0, "announced"),
        ("a201", 0, "announced"),
        // Texts.
        ("61ff", 1, "UTF-8"), ("6261ff", 2, "UTF-8"), ("62c080", 1, "UTF-8"), ("63eda080", 1, "UTF-8"),
        ("64f4908080", 1, "UTF-8"), ("c161ff", 2, "UTF-8"),
        // Maps.
        ("a2616201616102", 4, "not sorted"), ("a2616101616102", 4, "duplicate"), ("a262616101616202", 5, "not sorted"),
        ("a202000100", 3, "not sorted"), ("a201000100", 3, "duplicate"), ("a2616101 01 02", 4, "not sorted"),
        ("0000", 1, "too many"),
    ]

    @Test(arguments: refused)
    func `what is not deterministic is refused with its place`(_ item: (bytes: String, offset: Int, reason: String)) {
        let error = #expect(throws: CodingError.self) { try CBOR.decode(hex(item.bytes)) }
        #expect(error?.offset == item.offset)
        #expect(error?.reason.contains(item.reason) == true, "\(item.bytes): \(String(describing: error))")
        #expect(throws: CodingError.self) {
            var reader = CBORReader(hex(item.bytes))
            _ = try reader.rawItem()
            try reader.finish()
        }
    }

    @Test(arguments: [("81", 1), ("a16161", 3), ("c1", 1), ("a1", 1)])
    func `nesting stops at the limit`(_ shape: (opening: String, length: Int)) throws {
        func nested(_ depth: Int) -> [UInt8] {
            // A map nested in a key position ends with the value of every level.
            let opening = [[UInt8]](repeating: hex(shape.opening), count: depth).flatMap { $0 }
            return opening + [1] + (shape.opening == "a1" ? [UInt8](repeating: 1, count: depth) : [])
        }
        #expect(try CBOR.encode(CBOR.decode(nested(32))) == nested(32))
        #expect(throws: CodingError.self) { try CBOR.decode(nested(33)) }
        #expect(throws: CodingError.self) { try CBOR.decode(nested(100_000)) }
        #expect(throws: CodingError.self) { try CBOR.decode(nested(3), maximumDepth: 2) }
        #expect(throws: CodingError.self) {
            var reader = CBORReader(nested(33))
            try reader.skip()
        }
    }

    @Test func `random values survive and their encoding is stable`() throws {
        let seed = newSeed()
        var generator = ValueGenerator(seed: seed)
        for round in 0..<2_000 {
            let value = generator.value()
            let bytes = CBOR.encode(value)
            let read = try CBOR.decode(bytes)
            try #require(CBOR.encode(read) == bytes, "seed \(seed), round \(round)")
            try #require(Self.sorted(value) == read, "seed \(seed), round \(round)")
            var reader = CBORReader(bytes)
            try #require(try reader.rawItem() == bytes, "seed \(seed), round \(round)")
        }
    }

    @Test func `whatever random bytes are accepted encode back to themselves`() throws {
        let seed = newSeed()
        var generator = ValueGenerator(seed: seed)
        var accepted = 0
        for round in 0..<20_000 {
            var bytes = round % 2 == 0 ? generator.random.bytes(count: 1 + generator.random.below(12)) : []
            if bytes.isEmpty {
                bytes = CBOR.encode(generator.value(depth: 3))
                for _ in 0..<2 { bytes[generator.random.below(bytes.count)] = UInt8(generator.random.below(256)) }
            }
            guard let value = try? CBOR.decode(bytes) else { continue }
            accepted += 1
            try #require(CBOR.encode(value) == bytes, "seed \(seed), round \(round): \(bytes)")
        }
        #expect(accepted > 500)
    }

    @Test func `map keys are written sorted, and of equal keys the first`() {
        let value = Value.map([.init("bb", 1), .init("a", 2), .init("c", 3), .init("a", 4)])
        #expect(CBOR.encode(value) == hex("a3 6161 02 6163 03 626262 01"))
    }

    @Test func `texts that look alike stay different keys`() throws {
        let value = Value.map([.init("\u{e9}", 1), .init("e\u{301}", 2)])
        #expect(try CBOR.decode(CBOR.encode(value)) == value)
    }

    @Test(arguments: [
        (1.0, "01"), (-0.0, "00"), (9_007_199_254_740_992, "1b0020000000000000"), (-3, "22"), (.nan, "f6"),
        (-.infinity, "f6"), (9_007_199_254_740_994, "fb4340000000000001"), (0x1p60, "fa5d800000"),
    ])
    func `numbers are written in their one form`(_ example: (number: Double, bytes: String)) {
        #expect(CBOR.encode(.number(example.number)) == hex(example.bytes))
    }

    /// What decoding returns: the members in the order of their encoded keys.
    static func sorted(_ value: Value) -> Value {
        switch value {
        case .list(let values): .list(values.map(sorted))
        case .map(let members):
            .map(
                members.map { Value.Member($0.key, sorted($0.value)) }
                    .sorted { CBOR.encode(.text($0.key)).lexicographicallyPrecedes(CBOR.encode(.text($1.key))) })
        default: value
        }
    }
}
