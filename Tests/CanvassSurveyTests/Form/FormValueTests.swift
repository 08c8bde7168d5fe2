import CanvassCoding
import CanvassSurvey
import Testing

@Suite struct FormValueTests {
    static let everyType: [Form.ItemType] = [
        .text, .integer, .decimal, .date, .time, .dateTime, .geopoint, .barcode, .acknowledge, .note, .calculate,
        .hidden,
        .range(start: 0, end: 1, step: 0.1), .selectOne(list: "l"), .selectMultiple(list: "l"), .rank(list: "l"),
        .image,
        .audio, .video, .file, .metadata("start"), .metadata("audit"), .group, .repeatGroup, .unknown("matrix"),
        .unknown("select_one"), .unknown("range"),
    ]

    static var full: Form.Item {
        var item = Form.Item(name: "q", type: .selectOne(list: "l"), parent: "g")
        item.label = LocalizedText([.init("English (en)", "How?"), .init("", "?"), .init("العربية (ar)", "كيف؟")])
        item.hint = LocalizedText([.init("", "hint")])
        item.required = "yes"
        item.requiredMessage = LocalizedText([.init("", "needed")])
        item.relevant = "${a} = '1'"
        item.constraint = ". > 0"
        item.constraintMessage = LocalizedText([.init("", "too small")])
        item.calculation = "1"
        item.defaultValue = ""
        item.choiceFilter = "a = b"
        item.appearance = "likert"
        item.readOnly = true
        item.metric = "nps"
        item.missingCodes = ["0", "6", "Blank"]
        item.other = [Value.Member("z", "1"), Value.Member("a", 2), Value.Member("z", .null)]
        return item
    }

    @Test func `a form comes back from its document as it was`() throws {
        var form = Form(
            id: "f", title: "T", version: "3", languages: ["English (en)", "العربية (ar)"],
            defaultLanguage: "English (en)")
        form.items =
            Self.everyType.enumerated().map { Form.Item(name: "q\($0.offset)", type: $0.element) } + [Self.full]
        form.choiceLists = [
            Form.ChoiceList(name: "empty"),
            Form.ChoiceList(
                name: "l",
                choices: [
                    Form.Choice(
                        name: "1", label: LocalizedText([.init("", "One")]),
                        attributes: [Value.Member("z", "1"), Value.Member("a", .number(2.5))])
                ]),
        ]
        #expect(try Form(value: form.value) == form)
        #expect(try Form(value: Form(id: "", title: "").value) == Form(id: "", title: ""))
    }

    @Test(arguments: everyType) func `every type survives by itself`(type: Form.ItemType) throws {
        let item = Form.Item(name: "q", type: type)
        #expect(try Form.Item(value: item.value) == item)
    }

    @Test func `the document's keys are the ones published`() {
        #expect(
            Self.full.value.mapValue?.map(\.key) == [
                "name", "type", "list", "parent", "label", "hint", "required", "requiredMessage", "relevant",
                "constraint",
                "constraintMessage", "calculation", "default", "choiceFilter", "appearance", "readOnly", "metric",
                "missing",
                "other",
            ])
        #expect(Form.Item(name: "a", type: .text).value == ["name": "a", "type": "text"])
    }

    @Test func `keys and types of a later version are read past`() throws {
        let item = try Form.Item(value: ["name": "a", "type": "hologram", "colour": [1, 2], "label": .null])
        #expect(item == Form.Item(name: "a", type: .unknown("hologram")))
    }

    static let damaged: [Value] = [
        .null, 1, [], ["id": "a"], ["id": 1, "title": "t"], ["id": "a", "title": "t", "items": 3],
        ["id": "a", "title": "t", "items": [3]], ["id": "a", "title": "t", "items": [["name": "q"]]],
        ["id": "a", "title": "t", "items": [["name": "q", "type": "text", "label": "x"]]],
        ["id": "a", "title": "t", "items": [["name": "q", "type": "text", "label": [["en"]]]]],
        ["id": "a", "title": "t", "items": [["name": "q", "type": "text", "missing": [1]]]],
        ["id": "a", "title": "t", "items": [["name": "q", "type": "text", "readOnly": "yes"]]],
        ["id": "a", "title": "t", "items": [["name": "q", "type": "range", "start": "x"]]],
        ["id": "a", "title": "t", "items": [["name": "q", "type": "text", "other": [["a"]]]]],
        ["id": "a", "title": "t", "choiceLists": [["choices": []]]],
        ["id": "a", "title": "t", "choiceLists": [["name": "l", "choices": [["label": []]]]]],
    ]

    @Test(arguments: damaged) func `a damaged document is refused with its place`(value: Value) {
        let error = #expect(throws: FormError.self) { try Form(value: value) }
        #expect(error?.place.isEmpty == false)
    }
}
