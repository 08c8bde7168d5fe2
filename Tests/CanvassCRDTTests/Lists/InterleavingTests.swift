@testable import CanvassCRDT
import TestSupport
import Testing

/// Lists as people write them: forward, backward, in the middle, each without seeing the others.
@Suite struct InterleavingTests {
    /// What replicas insert at one place while they do not see each other stays together, whatever way they typed it.
    @Test func `concurrent blocks at one place never interleave`() throws {
        var random = SplitMix64.forTest(#function)
        var shared = 0
        for _ in 0..<300 {
            let seed = random.next()
            var list = TypedList(replicas: 4, seed: seed)
            // A past that all know, written by all of them in turns.
            for _ in 0..<list.below(12) {
                let isInserted = list.insert(
                    1 + list.below(3), at: list.below(list.seen[0].count + 1), by: list.below(4), in: 0)
                #expect(isInserted, "seed \(seed)")
            }
            list.showAll(of: 0)
            let base = Set(list.seen[0])
            for author in 0..<4 {
                var last = 0
                for _ in 0..<(1 + list.below(10)) {
                    let count = list.seen[author].count
                    // Forward, backward, or elsewhere.
                    let index = [min(last + 1, count), last, list.below(count + 1)][list.below(3)]
                    let isInserted = list.insert(1 + list.below(3), at: index, by: author)
                    #expect(isInserted, "seed \(seed)")
                    last = index
                }
            }
            let merged = TypedList.merged(list.seen[0], list.seen[1], list.seen[2], list.seen[3])
            #expect(Set(merged.map(\.position)).count == merged.count, "seed \(seed)")
            for gap in merged.split(whereSeparator: { base.contains($0) }) {
                let authors = gap.map(\.author)
                let runs = zip(authors, authors.dropFirst()).count { $0 != $1 } + 1
                #expect(runs == Set(authors).count, "seed \(seed): \(authors)")
                if runs > 1 { shared += 1 }
            }
            // Each sees its own items in the order that it gave them.
            for view in list.seen {
                let known = Set(view)
                #expect(view == merged.filter { known.contains($0) }, "seed \(seed)")
            }
        }
        #expect(shared > 300, "only \(shared) places were written by several")
    }

    /// How long positions become: 10,000 items typed in each way that a person can type them.
    @Test(arguments: [
        // Bytes of the longest position: one run with a number of three digits.
        ("at the end", 1, 23), ("at the front", 1, 23), ("behind one item", 1, 26), ("before one item", 1, 26),
        // Taking turns at the end, each sees the other.
        ("at the end in turns", 2, 23),
    ])
    func `ten thousand items keep positions short`(_ way: String, _ authors: Int, _ bytes: Int) {
        var list = TypedList(replicas: 1, seed: 1)
        var inserted = list.insert(2, at: 0, by: 0) ? 2 : 0
        for step in 0..<10_000 {
            let count = list.seen[0].count
            let index =
                switch way {
                case "at the front": 0
                case "behind one item": 1
                case "before one item": count - 1
                default: count
                }
            inserted += list.insert(1, at: index, by: step % authors, in: 0) ? 1 : 0
        }
        #expect(inserted == 10_002)
        #expect(list.longest == bytes, "\(way): \(list.longest) bytes")
    }

    /// The worst that can be typed: every item between the two latest. The length grows with the number of items until
    /// the limit is reached; then an arrangement moves neighbours.
    @Test func `items between the two latest grow by a few bytes, and never over the limit`() {
        var list = TypedList(replicas: 1, seed: 1)
        var (count, index) = (2, 1)
        var isRoom = list.insert(2, at: 0, by: 0)
        while isRoom, count < 10_000 {
            isRoom = list.insert(1, at: index, by: 0)
            if isRoom {
                index += count % 2
                count += 1
            }
            if count == 100 { #expect(list.longest < 200, "\(list.longest) bytes") }
        }
        #expect(count > 1_000, "no room after \(count) items")
        #expect(list.longest <= Position.maximumBytes)
        var wanted: [Position?] = list.seen[0].map(\.position)
        wanted.insert(nil, at: index)
        let arranged = Position.arranged(wanted) { RunLabel(replica: ReplicaID(rawValue: 7), nonce: 0) }
        #expect(zip(arranged, arranged.dropFirst()).allSatisfy { $0 < $1 })
        #expect(arranged.allSatisfy { $0.bytes.count <= Position.maximumBytes })
        let moved = zip(arranged, wanted).count { $1 != nil && $0 != $1 }
        #expect((1...20).contains(moved), "\(moved) neighbours moved")
    }
}
