import CanvassCRDT
import CanvassCoding
import CanvassSimulator

/// The relay's own replica in the scope of a history: it marks changes, erases entities, and depends on nothing.
struct RelayWriter {
    let organisation: EntityID
    private(set) var changes: [Change] = []
    private let scope: ScopeID
    private static let replica = ReplicaID(rawValue: 0xF000_0000_0000_0001)

    init(scope: ScopeID, using random: inout SplitMix64) {
        self.scope = scope
        organisation = EntityID(milliseconds: 0, random: (random.next(), random.next()))
    }

    /// Marks some of the changes that were made so far, its own among them, and often erases what one of them is about.
    mutating func judge(_ made: [Change], clockMilliseconds: Int64, using random: inout SplitMix64) throws -> Change? {
        var victims = made.filter { _ in random.once(in: 10) }
        var edits: [EntityEdit] = []
        if random.once(in: 2), let change = made.randomElement(using: &random), let body = change.body {
            let target = random.choice(try ChangeBody(decoding: body).edits)
            let erasure = EntityID(milliseconds: 1, random: (0, UInt64(random.below(2))))
            edits.append(Erasure.edit(Erasure.hash(of: target.entity), as: erasure))
            // As a relay does it, or with the marks yet to come.
            if random.once(in: 2) {
                victims += try made.filter { change in
                    try ChangeBody(decoding: change.body ?? [0x80]).edits.contains { $0.entity == target.entity }
                }
            }
        }
        var marks = Set(victims.map(\.dot)).sorted().map { dot in
            Operation(marking: dot, reason: random.choice(MarkReason.allCases))
        }
        if random.once(in: 8), let dot = victims.first?.dot { marks.append(RelayWriter.ofLaterVersion(dot)) }
        if random.once(in: 8) { marks.append(Operation(.put(.integer(Int64(random.below(3)))), field: "a")) }
        if !marks.isEmpty {
            edits.append(EntityEdit(kind: EntityKind.mark.rawValue, entity: organisation, operations: marks))
        }
        guard !edits.isEmpty else { return nil }
        return write(edits, clockMilliseconds: clockMilliseconds)
    }

    /// A second mark on a change, for a reason that this version does not know.
    private static func ofLaterVersion(_ dot: Dot) -> Operation {
        Operation(.mark(dot, reason: "of a later version"), field: "")
    }

    private mutating func write(_ edits: [EntityEdit], clockMilliseconds: Int64) -> Change {
        let head = ChangeHead(
            contextDifference: VersionVector(), stamp: Stamp(milliseconds: clockMilliseconds), author: organisation)
        let change = Change(
            scope: scope, replica: RelayWriter.replica, sequence: UInt64(changes.count) + 1,
            previous: changes.last?.hash ?? ChainHash.start(scope: scope, replica: RelayWriter.replica),
            head: head.encoded, body: ChangeBody(edits: edits).encoded)
        changes.append(change)
        return change
    }
}
