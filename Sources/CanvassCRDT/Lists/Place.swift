package import CanvassCoding

/// Where an entity stands: the value of its cell `place`, `[parent, position]` (rule 4).
///
/// Merge law: one cell, so that two people who move one entity at once give it one of two whole places, never the parent
/// of the one and the position of the other. The winner is as good as the other: `MergePolicy` asks nobody.
package struct Place: Sendable, Hashable {
    package static let field = "place"

    /// The id, as text, of the entity of the same kind that holds this one, or the name of a list; null at the top.
    package var parent: Value
    package var position: Position

    package init(parent: Value, position: Position) {
        self.parent = parent
        self.position = position
    }

    /// Reads the cell; what has none, or another value in it, stands at the top before all others.
    package init(_ value: Value?) {
        let parts = value?.listValue ?? []
        let parent = parts.count == 2 && (parts[0].isNull || parts[0].textValue != nil) ? parts[0] : nil
        let position = parts.last?.textValue
        guard let parent, let position else {
            self.init(parent: .null, position: Position(""))
            return
        }
        self.init(parent: parent, position: Position(position))
    }

    package var value: Value { .list([parent, .text(position.text)]) }
}
