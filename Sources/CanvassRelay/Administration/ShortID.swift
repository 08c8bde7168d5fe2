import CanvassCRDT

/// Ids cut to what a person can read out and type.
package enum ShortID {
    /// What an id is cut to at most: 8 characters tell ids apart that were made a second or more apart.
    static let leastLength = 8

    /// The shortest length, of at least 8, at which ids of the same full length all differ.
    package static func length(telling ids: some Sequence<String>) -> Int {
        let sorted = Set(ids).sorted()
        let shared = zip(sorted, sorted.dropFirst()).map { left, right in
            zip(left.utf8, right.utf8).prefix { $0 == $1 }.count
        }
        return max(leastLength, (shared.max() ?? 0) + 1)
    }
}

/// The first characters of an id, as a person typed them, in either case.
struct IDPrefix {
    private let text: String

    init(_ text: String) {
        // A whole id may be written with O for 0, and I or L for 1.
        self.text = (try? EntityID(text: text))?.description ?? text.uppercased()
    }

    func fits(_ id: EntityID) -> Bool { !text.isEmpty && id.description.utf8.starts(with: text.utf8) }
}
