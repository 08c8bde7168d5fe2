public import CanvassCoding

extension Form.Item {
    /// The canonical document of one item, in the terms of XLSForm.
    ///
    /// | key | value |
    /// | --- | --- |
    /// | `name`, `parent` | text |
    /// | `type` | "text", "integer", "select_one", "group", "repeat", "metadata" …; any other text is an unknown type |
    /// | `list` | the choice list of "select_one", "select_multiple" and "rank" |
    /// | `start`, `end`, `step` | the numbers of "range" |
    /// | `metadata` | what "metadata" records: "start", "end", "today", "deviceid", "username" … |
    /// | `label`, `hint`, `requiredMessage`, `constraintMessage` | `LocalizedText.value` |
    /// | `required`, `relevant`, `constraint`, `calculation`, `default`, `choiceFilter`, `appearance`, `metric` | text |
    /// | `readOnly` | true |
    /// | `missing` | list of texts |
    /// | `other` | list of [column, value] |
    public var value: Value {
        var document = Document()
        document.members = [Value.Member("name", .text(name))] + type.members
        document.add("parent", parent.map(Value.text))
        document.add("label", label)
        document.add("hint", hint)
        document.add("required", required.map(Value.text))
        document.add("requiredMessage", requiredMessage)
        document.add("relevant", relevant.map(Value.text))
        document.add("constraint", constraint.map(Value.text))
        document.add("constraintMessage", constraintMessage)
        document.add("calculation", calculation.map(Value.text))
        document.add("default", defaultValue.map(Value.text))
        document.add("choiceFilter", choiceFilter.map(Value.text))
        document.add("appearance", appearance.map(Value.text))
        if readOnly { document.add("readOnly", Value.bool(true)) }
        document.add("metric", metric.map(Value.text))
        document.add("missing", missingCodes.map(Value.text))
        document.add("other", other)
        return document.value
    }

    /// - Throws: `FormError` naming the key that is missing or of another type.
    public init(value: Value) throws(FormError) {
        let place = value["name"]?.textValue.map { "item \($0)" } ?? "item"
        let reader = try DocumentReader(value, place: place)
        self.init(
            name: try reader.text("name"), type: try Form.ItemType(reader), parent: try reader.optionalText("parent"),
            label: try reader.localized("label"))
        hint = try reader.localized("hint")
        required = try reader.optionalText("required")
        requiredMessage = try reader.localized("requiredMessage")
        relevant = try reader.optionalText("relevant")
        constraint = try reader.optionalText("constraint")
        constraintMessage = try reader.localized("constraintMessage")
        calculation = try reader.optionalText("calculation")
        defaultValue = try reader.optionalText("default")
        choiceFilter = try reader.optionalText("choiceFilter")
        appearance = try reader.optionalText("appearance")
        readOnly = try reader.flag("readOnly")
        metric = try reader.optionalText("metric")
        missingCodes = try reader.texts("missing")
        other = try reader.pairs("other")
    }
}

extension Form.ItemType {
    /// The word for the type in XLSForm; groups and repeats without their begin and end.
    public var name: String {
        switch self {
        case .text: "text"
        case .integer: "integer"
        case .decimal: "decimal"
        case .date: "date"
        case .time: "time"
        case .dateTime: "dateTime"
        case .geopoint: "geopoint"
        case .barcode: "barcode"
        case .acknowledge: "acknowledge"
        case .note: "note"
        case .calculate: "calculate"
        case .hidden: "hidden"
        case .range: "range"
        case .selectOne: "select_one"
        case .selectMultiple: "select_multiple"
        case .rank: "rank"
        case .image: "image"
        case .audio: "audio"
        case .video: "video"
        case .file: "file"
        case .metadata: "metadata"
        case .group: "group"
        case .repeatGroup: "repeat"
        case .unknown(let name): name
        }
    }

    fileprivate var members: [Value.Member] {
        let type = Value.Member("type", .text(name))
        switch self {
        case .range(let start, let end, let step):
            return [
                type, Value.Member("start", Value(start)), Value.Member("end", Value(end)),
                Value.Member("step", Value(step)),
            ]
        case .selectOne(let list), .selectMultiple(let list), .rank(let list):
            return [type, Value.Member("list", .text(list))]
        case .metadata(let what): return [type, Value.Member("metadata", .text(what))]
        default: return [type]
        }
    }

    /// A type without the keys it needs is unknown, as is a type of a later version: its answers are texts.
    fileprivate init(_ reader: DocumentReader) throws(FormError) {
        let name = try reader.text("type")
        if let simple = Self.simple.first(where: { $0.name == name }) {
            self = simple
            return
        }
        let list = try reader.optionalText("list")
        switch (name, list) {
        case ("select_one", let list?): self = .selectOne(list: list)
        case ("select_multiple", let list?): self = .selectMultiple(list: list)
        case ("rank", let list?): self = .rank(list: list)
        case ("metadata", _): self = try reader.optionalText("metadata").map { .metadata($0) } ?? .unknown(name)
        case ("range", _):
            if let start = try reader.number("start"), let end = try reader.number("end"),
                let step = try reader.number("step")
            {
                self = .range(start: start, end: end, step: step)
            } else {
                self = .unknown(name)
            }
        default: self = .unknown(name)
        }
    }

    /// The types that are told by their name alone.
    private static let simple: [Form.ItemType] = [
        .text, .integer, .decimal, .date, .time, .dateTime, .geopoint, .barcode, .acknowledge, .note, .calculate,
        .hidden,
        .image, .audio, .video, .file, .group, .repeatGroup,
    ]
}
