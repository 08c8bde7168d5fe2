@testable import CanvassCRDT
import TestSupport

/// A list that several replicas write, each seeing only what it has been handed.
struct TypedList {
    struct Item: Hashable {
        let id: EntityID
        let author: Int
        var position: Position
    }

    /// By position and id, as each replica sees them.
    private(set) var seen: [[Item]]
    private var count: UInt64 = 0
    private var random: SplitMix64

    init(replicas: Int, seed: UInt64) {
        seen = Array(repeating: [], count: replicas)
        random = SplitMix64(seed: seed)
    }

    mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    private mutating func label(_ author: Int) -> RunLabel {
        // Two copies of one database would have one id.
        RunLabel(replica: ReplicaID(rawValue: UInt64(author) &* 0x9E37_79B9_7F4A_7C15), nonce: random.next())
    }

    /// Inserts a block before the item at `index` of what the author sees, which is its own view unless another is named.
    mutating func insert(_ size: Int, at index: Int, by author: Int, in view: Int? = nil) -> Bool {
        let view = view ?? author
        let label = label(author)
        guard
            let positions = Position.run(
                size, after: index == 0 ? nil : seen[view][index - 1].position,
                before: index == seen[view].count ? nil : seen[view][index].position, by: label)
        else { return false }
        let items = positions.map { position in
            count += 1
            return Item(id: .sample(count), author: author, position: position)
        }
        seen[view].insert(contentsOf: items, at: index)
        return true
    }

    /// Everybody sees what one sees, and nothing else.
    mutating func showAll(of source: Int) {
        seen = Array(repeating: seen[source], count: seen.count)
    }

    static func merged(_ lists: [Item]...) -> [Item] {
        Set(lists.joined()).sorted { ($0.position, $0.id) < ($1.position, $1.id) }
    }

    var longest: Int { seen.joined().map(\.position.bytes.count).max() ?? 0 }
}
