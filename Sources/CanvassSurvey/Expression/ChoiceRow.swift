import CanvassCoding

/// One choice as expressions see it: `name`, `label` and the further columns of the choices sheet.
package struct ChoiceRow: Sendable {
    package var choice: Form.Choice
    package var label: String

    package init(_ choice: Form.Choice, label: String) {
        self.choice = choice
        self.label = label
    }

    /// Empty for a column that the choice leaves blank.
    package func value(of column: String) -> XPathValue {
        switch column {
        case "name": .text(choice.name)
        case "label": .text(label)
        default:
            choice.attributes.first { $0.key.hasSameBytes(as: column) }.map { XPathValue(plain: $0.value) } ?? .empty
        }
    }
}
