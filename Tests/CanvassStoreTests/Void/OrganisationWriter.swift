import CanvassCRDT
import CanvassCoding

/// The relay's own replica in a scope: changes by the organisation, each with an empty context difference.
struct OrganisationWriter {
    static let organisation = EntityID.sample(900)
    let scope: ScopeID
    private(set) var changes: [Change] = []

    init(scope: ScopeID = .sample) { self.scope = scope }

    mutating func write(_ edits: [EntityEdit]) -> Change {
        let replica = ReplicaID(rawValue: 0xF000_0000_0000_0000)
        let head = ChangeHead(
            contextDifference: VersionVector(), stamp: Stamp(milliseconds: 1_700_000_000_000),
            author: OrganisationWriter.organisation)
        let change = Change(
            scope: scope, replica: replica, sequence: UInt64(changes.count) + 1,
            previous: changes.last?.hash ?? ChainHash.start(scope: scope, replica: replica), head: head.encoded,
            body: ChangeBody(edits: edits).encoded)
        changes.append(change)
        return change
    }

    mutating func mark(_ marked: [Change], _ reason: MarkReason) -> Change {
        write([OrganisationWriter.marks(on: marked.map(\.dot), reason)])
    }

    /// Erases an entity, and marks the changes that are about it.
    mutating func erase(_ entity: EntityID, order: UInt64, marking marked: [Change]) -> Change {
        let erasure = Erasure.edit(Erasure.hash(of: entity), as: .sample(order))
        guard !marked.isEmpty else { return write([erasure]) }
        return write([erasure, OrganisationWriter.marks(on: marked.map(\.dot), .erased)])
    }

    static func marks(on dots: [Dot], _ reason: MarkReason) -> EntityEdit {
        EntityEdit.marks(on: dots.map { ($0, reason) }, by: organisation)
    }
}
