public import CanvassCoding

// The document form of a survey. It is stored in published versions and must stay readable for years: keys are only
// ever added, unknown keys are ignored, and a key at its default is left out.

extension Form {
    /// The canonical document of the form.
    ///
    /// | key | value |
    /// | --- | --- |
    /// | `id`, `title`, `version` | text |
    /// | `languages` | list of texts |
    /// | `defaultLanguage` | text |
    /// | `items` | list of `Item.value` in order of asking |
    /// | `choiceLists` | list of `ChoiceList.value` |
    public var value: Value {
        var document = Document()
        document.members = [Value.Member("id", .text(id)), Value.Member("title", .text(title))]
        document.add("version", version)
        document.add("languages", languages.map(Value.text))
        document.add("defaultLanguage", defaultLanguage.map(Value.text))
        document.add("items", items.map(\.value))
        document.add("choiceLists", choiceLists.map(\.value))
        return document.value
    }

    /// - Throws: `FormError` naming the key that is missing or of another type.
    public init(value: Value) throws(FormError) {
        let reader = try DocumentReader(value, place: "form")
        self.init(
            id: try reader.text("id"), title: try reader.text("title"),
            version: try reader.optionalText("version") ?? "",
            languages: try reader.texts("languages"), defaultLanguage: try reader.optionalText("defaultLanguage"))
        for (index, item) in try reader.list("items").enumerated() {
            do {
                items.append(try Item(value: item))
            } catch {
                throw FormError(place: "items[\(index)], \(error.place)", reason: error.reason, remedy: error.remedy)
            }
        }
        for (index, list) in try reader.list("choiceLists").enumerated() {
            do {
                choiceLists.append(try ChoiceList(value: list))
            } catch {
                throw FormError(
                    place: "choiceLists[\(index)], \(error.place)", reason: error.reason, remedy: error.remedy)
            }
        }
    }
}

extension Form.ChoiceList {
    /// `name` and `choices`, a list of `Choice.value`.
    public var value: Value {
        var document = Document()
        document.members = [Value.Member("name", .text(name))]
        document.add("choices", choices.map(\.value))
        return document.value
    }

    /// - Throws: `FormError` naming the key that is missing or of another type.
    public init(value: Value) throws(FormError) {
        let reader = try DocumentReader(value, place: "choice list")
        self.init(name: try reader.text("name"))
        for choice in try reader.list("choices") { choices.append(try Form.Choice(value: choice)) }
    }
}

extension Form.Choice {
    /// `name`, `label` (`LocalizedText.value`) and `attributes`, a list of [column, value].
    public var value: Value {
        var document = Document()
        document.members = [Value.Member("name", .text(name))]
        document.add("label", label)
        document.add("attributes", attributes)
        return document.value
    }

    /// - Throws: `FormError` naming the key that is missing or of another type.
    public init(value: Value) throws(FormError) {
        let reader = try DocumentReader(value, place: "choice")
        self.init(
            name: try reader.text("name"), label: try reader.localized("label"),
            attributes: try reader.pairs("attributes"))
    }
}

extension LocalizedText {
    /// A list of [language, text]: a map would lose the order of the sheet.
    public var value: Value {
        .list(translations.map { .list([.text($0.language), .text($0.text)]) })
    }

    /// - Throws: `FormError` for anything but a list of pairs of texts.
    public init(value: Value) throws(FormError) {
        guard let pairs = value.listValue else {
            throw FormError(place: "text", reason: "not a list of [language, text]")
        }
        self.init()
        for pair in pairs {
            guard let parts = pair.listValue, parts.count == 2, let language = parts[0].textValue,
                let text = parts[1].textValue
            else { throw FormError(place: "text", reason: "not a list of [language, text]") }
            translations.append(Translation(language, text))
        }
    }
}
