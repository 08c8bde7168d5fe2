import CanvassCoding

extension Form {
    /// The items that a response can hold an answer to, in order.
    public var questions: [Item] { items.filter(\.type.takesAnswer) }

    public func item(named name: String) -> Item? {
        items.first { $0.name.hasSameBytes(as: name) }
    }

    public func choiceList(named name: String) -> ChoiceList? {
        choiceLists.first { $0.name.hasSameBytes(as: name) }
    }

    /// What a reader is shown for an item: its label in the language wanted, or its name where it has none.
    public func label(of item: Item, in language: String?) -> String {
        let text = item.label.text(in: language, default: defaultLanguage)
        return text.isEmpty ? item.name : text
    }

    /// The same for a choice.
    public func label(of choice: Choice, in language: String?) -> String {
        let text = choice.label.text(in: language, default: defaultLanguage)
        return text.isEmpty ? choice.name : text
    }
}
