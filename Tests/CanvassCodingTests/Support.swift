import CanvassCoding
import Foundation

/// SplitMix64: the same numbers for the same seed on every platform.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    mutating func bytes(count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}

/// The seed of this run's random tests: `CANVASS_SEED` replays one, otherwise it is new. Printed either way.
func newSeed(_ test: String = #function) -> UInt64 {
    let seed = ProcessInfo.processInfo.environment["CANVASS_SEED"].flatMap { UInt64($0) } ?? .random(in: 0 ... .max)
    print("\(test): CANVASS_SEED=\(seed)")
    return seed
}

/// Bytes from hexadecimal digits; spaces are skipped.
func hex(_ digits: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits.utf8 where digit != UInt8(ascii: " ") {
        guard let value = UInt8(String(UnicodeScalar(digit)), radix: 16) else {
            preconditionFailure("no hex: \(digits)")
        }
        if let pending = high {
            bytes.append(pending << 4 | value)
            high = nil
        } else {
            high = value
        }
    }
    precondition(high == nil, "an odd number of digits: \(digits)")
    return bytes
}

/// Random values with every case, every length of head, and the awkward numbers and texts.
struct ValueGenerator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func value(depth: Int = 0) -> Value {
        switch random.below(depth < 4 ? 10 : 7) {
        case 0: .null
        case 1: .bool(random.below(2) == 0)
        case 2: .integer(integer())
        case 3: number()
        case 4: .text(text())
        case 5: .bytes(random.bytes(count: random.below(300)))
        case 6: .foreign(Self.foreignItems[random.below(Self.foreignItems.count)])
        case 7: .list((0..<random.below(6)).map { _ in value(depth: depth + 1) })
        default: map(depth: depth)
        }
    }

    mutating func integer() -> Int64 {
        Int64(bitPattern: random.next()) >> Int64(random.below(64))
    }

    /// Half, single and double precision alike.
    mutating func number() -> Value {
        switch random.below(4) {
        case 0: Value(Double(integer()) / 1024)
        case 1: Value(Double(Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))))
        case 2: Value(Double(random.below(100_000)) / 100)
        default: Value(Double(bitPattern: random.next()))
        }
    }

    mutating func text() -> String {
        let alphabet = [
            "a", "Z", "0", " ", "\"", "\\", "/", "\u{0}", "\n", "\u{1F}", "\u{7F}", "é", "e\u{301}", "ع", "中", "😀",
        ]
        return (0..<random.below(40)).map { _ in alphabet[random.below(alphabet.count)] }.joined()
    }

    private mutating func map(depth: Int) -> Value {
        var members: [Value.Member] = []
        let special = ["$bytes", "$cbor", "$$bytes", "$x", ""]
        for _ in 0..<random.below(6) {
            let key = random.below(8) == 0 ? special[random.below(special.count)] : text()
            guard !members.contains(where: { $0.key.utf8.elementsEqual(key.utf8) }) else { continue }
            members.append(Value.Member(key, value(depth: depth + 1)))
        }
        return .map(members)
    }

    static let foreignItems = [
        "f7", "f820", "e0", "1b8000000000000000", "3bffffffffffffffff", "c074323031332d30332d32315432303a30343a30305a",
        "c249010000000000000000", "d81845 6449455446", "a201020304", "c1fb41d452d9ec200001",
    ].map(hex)
}
