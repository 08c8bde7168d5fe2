import CanvassCRDT
import CanvassCoding
import Testing

@testable import CanvassBenchmarks

/// The anchor of sizes: how few bytes the columns of changes could take.
struct ColumnEntropyTests {
    /// Changes a minute apart, each with one answer.
    private static func changes(_ answers: [Value]) -> [Change] {
        let scope = ScopeID(.responses, EntityID(milliseconds: 0, random: (0, 0)))
        let replica = ReplicaID(rawValue: 1)
        var previous = ChainHash.start(scope: scope, replica: replica)
        return answers.enumerated().map { number, answer in
            let time = Int64(number) * 60_000
            let head = ChangeHead(
                contextDifference: VersionVector(), stamp: Stamp(milliseconds: time),
                author: EntityID(milliseconds: 0, random: (0, 0)))
            let body = ChangeBody(edits: [
                EntityEdit(
                    kind: "response", entity: EntityID(milliseconds: time, random: (UInt64(number), 0)),
                    operations: [Operation(.put(answer), field: "a")])
            ])
            let change = Change(
                scope: scope, replica: replica, sequence: UInt64(number) + 1, previous: previous, head: head.encoded,
                body: body.encoded)
            previous = change.hash
            return change
        }
    }

    private static func bytes(_ answers: [Value]) throws -> Double {
        try ColumnEntropy(changes(answers)).byteCount
    }

    @Test func `answers that are all alike cost nothing beside the ids`() throws {
        let alike = try Self.bytes(Array(repeating: "yes", count: 1_000))
        let ids = 1_000 * 74.0 / 8
        #expect(alike > ids && alike < ids + 100)
    }

    @Test func `an even choice of two costs a bit an answer`() throws {
        let alike = try Self.bytes(Array(repeating: "yes", count: 1_000))
        let even = try Self.bytes((0..<1_000).map { $0.isMultiple(of: 2) ? "yes" : "no" })
        #expect(abs(even - alike - 125) < 5)
    }

    @Test func `words that repeat cost less than their letters`() throws {
        var random = SystemRandomNumberGenerator()
        let words = ["staff", "friendly", "waiting", "queue"]
        let texts: [Value] = (0..<1_000).map { _ in
            .text((0..<3).map { _ in words[Int.random(in: 0..<4, using: &random)] }.joined(separator: " "))
        }
        let alike = try Self.bytes(Array(repeating: "yes", count: 1_000))
        // Three words of two bits, and where a text ends, which takes four fifths of a bit a symbol.
        let perText = (try Self.bytes(texts) - alike) * 8 / 1_000
        #expect(perText > 6 && perText < 10)
    }
}
