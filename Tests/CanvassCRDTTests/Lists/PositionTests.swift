@testable import CanvassCRDT
import CanvassCoding
import TestSupport
import Testing

@Suite struct PositionTests {
    private static let label = RunLabel(replica: ReplicaID(rawValue: 0x0123_4567_89AB_CDEF), nonce: 1)
    private static let other = RunLabel(replica: ReplicaID(rawValue: 0xFEDC_BA98_7654_3210), nonce: 2)

    private func run(
        _ count: Int = 1, after left: String?, before right: String?, by label: RunLabel = label
    ) -> [String]? {
        Position.run(count, after: left.map { Position($0) }, before: right.map { Position($0) }, by: label)?
            .map(\.text)
    }

    @Test func `numbers sort as their texts do, and no other text is one`() {
        var random = SplitMix64.forTest(#function)
        var numbers: Set<Int64> = [0, -1, 31, 32, -32, -33, (1 << 60) - 1, -(1 << 60)]
        for _ in 0..<500 { numbers.insert(Int64(bitPattern: random.next()) >> Int64(4 + random.next() % 60)) }
        let sorted = numbers.sorted()
        let texts = sorted.map { PositionNumber.encode($0) ?? [] }
        #expect(zip(texts, texts.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
        for (number, text) in zip(sorted, texts) {
            var index = 0
            #expect(PositionNumber.read(text, at: &index) == number && index == text.count)
        }
        #expect(PositionNumber.encode(1 << 60) == nil && PositionNumber.encode(.min) == nil)
        for text in ["", "a", "b01", "YZ0", "n0", "m0000000000000", "!", "aI", "b1", "é"] {
            var index = 0
            #expect(PositionNumber.read(Array(text.utf8), at: &index) == nil, "\(text)")
        }
    }

    @Test func `a block in an empty list is one run from 0`() {
        #expect(
            run(3, after: nil, before: nil) == [
                "!a0028T5CY4TQKFF001a0", "!a0028T5CY4TQKFF001a1", "!a0028T5CY4TQKFF001a2",
            ])
    }

    @Test func `the own run goes on at its end, before its start, and between its items`() {
        let own = "!a0028T5CY4TQKFF001"
        #expect(run(2, after: own + "a2", before: nil) == [own + "a3", own + "a4"])
        #expect(run(2, after: nil, before: own + "a0") == [own + "ZY", own + "ZZ"])
        #expect(run(after: own + "a0", before: own + "a1") == [own + "a0.a0"])
        #expect(run(after: own + "a0", before: own + "a5") == [own + "a1"])
        #expect(run(after: own + "a0", before: own + "a0.a0") == [own + "a0.ZZ"])
    }

    @Test func `another replica's run hangs as near to the start of the list as it can`() {
        let first = "!a0028T5CY4TQKFF001"
        let second = String(decoding: Self.other.bytes, as: UTF8.self)
        #expect(run(after: first + "a2", before: nil, by: Self.other) == ["!a1\(second)a0"])
        #expect(run(after: nil, before: first + "a0", by: Self.other) == ["!ZZ\(second)a0"])
        #expect(run(after: first + "a0", before: first + "a1", by: Self.other) == [first + "a0!a0\(second)a0"])
        // Below an item, before what hangs there already.
        let theirs = first + "a0!a0\(second)a0"
        #expect(run(after: first + "a0", before: theirs) == [first + "a0!ZZ028T5CY4TQKFF001a0"])
        #expect(run(after: theirs, before: first + "a1") == [first + "a0!a1028T5CY4TQKFF001a0"])
    }

    @Test(
        arguments: [
            ("000000", "000001"), ("000001", nil), (nil, "000000"), ("a", "b"), ("é", "e\u{301}x"), ("", "000000"),
            ("0", "00"), ("x!", "x!a"), ("!a0", nil), ("!a0028T5CY4TQKFF001b05", nil),
        ] as [(String?, String?)])
    func `positions of another origin have room between, before and behind them`(_ left: String?, _ right: String?)
        throws
    {
        let bounds = [left, right].compactMap { $0 }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let (low, high) = bounds.count == 2 ? (bounds[0], bounds[1]) : (left, right)
        var lower = low.map { Position($0) }
        for step in 0..<40 {
            let next = try #require(
                Position.run(
                    1, after: lower, before: high.map { Position($0) }, by: step % 3 == 0 ? Self.other : Self.label))
            if let lower { #expect(lower < next[0]) }
            if let high { #expect(next[0] < Position(high)) }
            lower = next[0]
        }
    }

    @Test func `where the bytes leave no room there is none, and the neighbour moves`() {
        #expect(run(after: "a", before: "a\0") == nil)
        #expect(run(after: "a", before: "a") == nil)
        #expect(run(after: nil, before: "") == nil)
        let current = ["a", nil, "a\0", "b"].map { $0.map { Position($0) } }
        let arranged = Position.arranged(current) { Self.label }
        #expect(zip(arranged, arranged.dropFirst()).allSatisfy { $0 < $1 })
        #expect(arranged[0] == Position("a") && arranged[3] == Position("b"))
    }

    @Test func `no position grows beyond its limit`() {
        let long = Position(String(repeating: "z", count: Position.maximumBytes))
        #expect(Position.run(1, after: long, before: nil, by: Self.label) == nil)
        let arranged = Position.arranged([long, nil]) { Self.label }
        #expect(arranged[0] < arranged[1] && arranged.allSatisfy { $0.bytes.count <= Position.maximumBytes })
    }

    @Test func `an arrangement keeps as many positions as it can`() {
        var random = SplitMix64.forTest(#function)
        let start = Position.arranged([Position?](repeating: nil, count: 30)) { Self.label }
        for _ in 0..<100 {
            // One item moves, one comes, one goes.
            var wanted: [Position?] = start
            let moved = wanted.remove(at: Int(random.next() % 30))
            wanted.insert(moved, at: Int(random.next() % 30))
            wanted.insert(nil, at: Int(random.next() % 31))
            wanted.remove(at: Int(random.next() % 31))
            let arranged = Position.arranged(wanted) { Self.other }
            #expect(zip(arranged, arranged.dropFirst()).allSatisfy { $0 < $1 })
            #expect(zip(arranged, wanted).count { $0 != $1 } <= 2)
        }
        #expect(Position.arranged(start) { Self.other } == start)
    }

    @Test func `anything is read as a position without a trap`() {
        var random = SplitMix64.forTest(#function)
        let alphabet = Array("!!!.aZbO0189AZ028T5CY4TQKFF001\u{0}é")
        for _ in 0..<2_000 {
            let texts = (0..<2).map { _ in
                String((0..<(random.next() % 60)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] })
            }
            let path = PositionPath(Position(texts[0]))
            #expect(path.steps.isEmpty || path.bytes[path.rootEnd] == PositionPath.runMark)
            let (left, right) = (Position(texts[0]), Position(texts[1]))
            if let found = Position.run(2, after: left, before: right, by: Self.label) {
                #expect(left < found[0] && found[0] < found[1] && found[1] < right)
            }
        }
        // A megabyte of almost steps costs one reading.
        let steps = String(repeating: "!a0028T5CY4TQKFF001a0", count: 50_000) + "?"
        #expect(PositionPath(Position(steps)).steps.isEmpty)
    }
}
