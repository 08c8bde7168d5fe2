package import CanvassCRDT
package import CanvassCoding

/// One change in the history of an entity: what its author was shown, and what they made of it.
package struct HistoryStep: Sendable, Hashable {
    package enum Event: Sendable, Hashable {
        /// Its author knew of nothing written to the entity before. Two devices that import one file both create.
        case created
        case changed
        case deleted
        case restored
    }

    /// What the change did to one cell.
    package struct CellChange: Sendable, Hashable {
        package let field: String
        package let element: Value?
        /// The versions that the author was shown and replaced; the one that ranks highest comes first. It does not
        /// depend on what else had arrived here.
        package internal(set) var replaced: [Version]
        /// The version that it put there; nil where it cleared the cell.
        package let put: Version?
        /// The versions that stood beside it once it was applied here.
        package let beside: [Version]
        /// Those of `replaced` that no other change has replaced: what would stand again without this one.
        package internal(set) var restorable: [Version] = []
        /// Whether the cell shows what this change made of it.
        package internal(set) var isShown = false
        /// The number of the change, from 0, that put what the cell shows, or else cleared it last.
        package internal(set) var shownStep = 0
    }

    package let position: Int64
    package let dot: Dot
    /// The device that it was made on.
    package let author: EntityID
    /// The author's clock when it was made.
    package let stamp: Stamp
    package let event: Event
    /// By field; the existence of the entity is in `event`.
    package internal(set) var cells: [CellChange]
    /// Operations that only a later version understands.
    package let unknownOperations: Int
}
