import CanvassCRDT
import CanvassCoding
import CanvassWire
import TestSupport

extension EntityID {
    /// An id that differs from others by `number` alone.
    static func sample(_ number: UInt64) -> EntityID {
        EntityID(milliseconds: 1_700_000_000_000, random: (0, number << 2))
    }
}

extension ScopeID {
    static let sample = ScopeID(.responses, .sample(1))
}

/// Runs of changes of every shape that a segment may hold.
struct RandomRun {
    private var random: SplitMix64
    private(set) var changes: [Change] = []

    init(seed: UInt64, count: Int) {
        random = SplitMix64(seed: seed)
        let replica = ReplicaID(using: &random)
        // A run may start anywhere on the chain.
        var sequence: UInt64 = below(2) == 0 ? 1 : 1 + random.next() >> 20
        var previous = ChainHash.start(scope: .sample, replica: replica)
        if sequence > 1 { previous = previous.next(headHash: SHA256.digest(of: []), bodyHash: SHA256.digest(of: [])) }
        let isUniform = below(3) == 0
        for _ in 0..<count {
            let head = head()
            let body = isUniform ? uniformBody() : body()
            let change =
                below(12) == 0
                ? Change(
                    scope: .sample, replica: replica, sequence: sequence, previous: previous, head: head,
                    bodyHash: SHA256.digest(of: body))
                : Change(
                    scope: .sample, replica: replica, sequence: sequence, previous: previous, head: head, body: body)
            changes.append(change)
            previous = change.hash
            sequence += 1
        }
    }

    private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    private mutating func head() -> [UInt8] {
        var context = VersionVector()
        if below(5) == 0 {
            for _ in 0..<(1 + below(3)) {
                context[ReplicaID(using: &random)] = [.init(sequence: 1 + random.next() >> 1, check: random.next())]
            }
        }
        if below(40) == 0 { return [0x01, 0x02] }  // not canonical: kept as it is all the same
        let clocks: [Int64] = [.min, .max, -1, 0, 1_700_000_000_000 + Int64(below(10_000))]
        return ChangeHead(
            contextDifference: context, stamp: Stamp(milliseconds: clocks[below(clocks.count)]),
            author: .sample(UInt64(below(3)))
        ).encoded
    }

    private mutating func uniformBody() -> [UInt8] {
        let operations = [
            Operation(.put(.integer(Int64(below(11)))), field: "nps"),
            Operation(.put(["yes", "no"][below(2)]), field: "again"), Operation(.put(.text(text())), field: "why"),
        ]
        let edit = EntityEdit(
            kind: "response", entity: EntityID(milliseconds: 1_700_000_000_000 + Int64(below(99)), using: &random),
            operations: Array(operations.prefix(1 + below(3))))
        return ChangeBody(edits: [edit]).encoded
    }

    private mutating func body() -> [UInt8] {
        if below(30) == 0 { return [] }
        let edits = (0..<(below(6) == 0 ? below(4) : 1)).map { index in
            let fields = ["nps", "\u{e9}", "e\u{301}", "", "why\u{0}", "@alive"].shuffled(using: &random)
            var operations = fields.prefix(1 + below(5)).map { operation($0) }
            if below(10) == 0 { operations.append(Operation(.unknown([0x82, 0x18, 0x2a, 0x80]), field: "")) }
            return EntityEdit(
                kind: ["response", "note", ""][below(3)],
                entity: EntityID(milliseconds: Int64(random.next() >> 16) + Int64(index), using: &random),
                operations: operations)
        }
        return ChangeBody(edits: edits).encoded
    }

    private mutating func operation(_ field: String) -> Operation {
        switch below(8) {
        case 0: Operation(.clear, field: field)
        case 1: Operation(.put(value()), field: field, element: value())
        case 2: Operation(.put(value()), field: field, stampOffset: 1 + random.next() >> 1)
        case 3:
            Operation(
                .put(value()), field: field,
                replaced: [Dot(replica: ReplicaID(using: &random), sequence: 1, check: random.next())])
        default: Operation(.put(value()), field: field)
        }
    }

    private mutating func value() -> Value {
        switch below(12) {
        case 0: .null
        case 1: .bool(below(2) == 0)
        case 2: .integer([.min, .max, 0, -1][below(4)])
        case 3: .integer(Int64(bitPattern: random.next()) >> Int64(below(64)))
        case 4: Value(Double(bitPattern: random.next()))
        case 5: .number(0.1 + 0.2)
        case 6: .bytes((0..<below(40)).map { UInt8($0) })
        case 7: [.text(text()), 5, [.null]]
        case 8: ["a": 1, "\u{e9}": .text(text())]
        case 9: .foreign([0xc1, 0x1a, 0x51, 0x4b, 0x67, 0xb0])
        case 10: .foreign([0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
        default: .text(text())
        }
    }

    private mutating func text() -> String {
        ["", "\u{0}", "a\u{0}b", "\u{e9}", "e\u{301}", "عربي", "😀", String(repeating: "x", count: below(300))][below(8)]
    }
}
