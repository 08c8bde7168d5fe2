import CanvassSurvey
import Testing

@testable import CanvassXLSForm

@Suite struct RowTypeTests {
    @Test(arguments: [
        ("text", Form.ItemType.text), ("String", .text), ("add text prompt", .text), ("int", .integer),
        ("q int", .integer), ("dateTime", .dateTime), ("add date time prompt", .dateTime), ("gps", .geopoint),
        ("q picture", .image), ("add image prompt", .image), ("photo", .image), ("trigger", .acknowledge),
        ("calculate", .calculate), ("range", .range(start: 1, end: 10, step: 1)),
        ("get start time", .metadata("start")),
        ("end", .metadata("end")), ("imei", .metadata("deviceid")), ("uri:email", .metadata("email")),
        ("subscriber_id", .metadata("subscriberid")), ("geotrace", .unknown("geotrace")),
        ("select_one Yes_No", .selectOne(list: "Yes_No")), ("Select One from yn", .selectOne(list: "yn")),
        ("select1 yn", .selectOne(list: "yn")), ("select one from", .selectOne(list: "from")),
        ("add select one prompt using yn", .selectOne(list: "yn")), ("select_multiple yn", .selectMultiple(list: "yn")),
        ("select  all that apply from yn", .selectMultiple(list: "yn")), ("q select yn", .selectMultiple(list: "yn")),
        ("rank yn", .rank(list: "yn")), ("select_one_external yn", .unknown("select_one_external yn")),
        ("select_one_from_file a.csv", .unknown("select_one_from_file a.csv")),
        ("select_one ${people}", .unknown("select_one ${people}")),
    ])
    func `every spelling of a type is understood`(text: String, type: Form.ItemType) {
        #expect(RowType(text) == .question(type))
    }

    @Test(arguments: ["begin group", "begin_group", "Begin  Group", "BEGIN_GROUP"])
    func `a group begins in any spelling`(text: String) {
        #expect(RowType(text) == .begin(.group))
    }

    @Test(arguments: ["end repeat", "end_repeat", "End lgroup", "end looped group"])
    func `a repeat ends in any spelling`(text: String) {
        #expect(RowType(text) == .end(.repeatGroup))
    }

    @Test(arguments: ["select_one", "select multiple", "rank", "select_one yes no"])
    func `a select without one list is malformed`(text: String) {
        guard case .malformed = RowType(text) else {
            Issue.record("\(RowType(text))")
            return
        }
    }

    @Test(arguments: ["select_one yn or_other", "select one from yn or specify other"])
    func `or_other is left out and said`(text: String) {
        guard case .partial(.selectOne(list: "yn"), _, _) = RowType(text) else {
            Issue.record("\(RowType(text))")
            return
        }
    }
}

@Suite struct RangeParametersTests {
    @Test(
        arguments: [
            ("start=0 end=5 step=0.5", 0.0, 5.0, 0.5), ("END = 3; start = -3", -3, 3, 1), ("step=2,end=20", 1, 20, 2),
            ("", 1, 10, 1),
        ] as [(String, Double, Double, Double)])
    func `parameters come in any order and notation`(text: String, start: Double, end: Double, step: Double) {
        #expect(RangeParameters.parse(text) == .range(.range(start: start, end: end, step: step)))
    }

    @Test(arguments: [
        "step=0", "step=-1", "start=5 end=1", "start=a", "start=nan", "end=inf", "start", "from=1", "a=b=c",
    ])
    func `what makes no scale is invalid`(text: String) {
        guard case .invalid = RangeParameters.parse(text) else {
            Issue.record("\(RangeParameters.parse(text))")
            return
        }
    }
}

@Suite struct ColumnHeaderTests {
    @Test(arguments: [
        ("type", SurveyColumn.type, ""), (" Type ", .type, ""), ("Label", .label, ""), ("caption", .label, ""),
        ("label::English (en)", .label, "English (en)"), ("label:English", .label, "English"),
        ("Label :: Français  (fr)", .label, "Français (fr)"), ("constraint message", .constraintMessage, ""),
        ("Constraint_Message::de", .constraintMessage, "de"), ("bind::jr:constraintMsg::de", .constraintMessage, "de"),
        ("bind:relevant", .relevant, ""), ("relevance", .relevant, ""), ("control::appearance", .appearance, ""),
        ("bind::required", .required, ""), ("readonly", .readOnly, ""), ("read only", .readOnly, ""),
        ("choice filter", .choiceFilter, ""), ("canvass::metric", .metric, ""), ("Canvass : Missing", .missing, ""),
    ])
    func `a header is known in any spelling`(text: String, column: SurveyColumn, language: String) {
        let header = ColumnHeader<SurveyColumn>(text)
        #expect(header.column == column)
        #expect(header.language == language)
    }

    @Test(arguments: [
        "media::image", "media::image::English", "label::a::b", "relevant::English", "jr:count", "guidance_hint::en",
        ":",
        "::", "bind::", "trigger",
    ])
    func `any other header keeps its own text`(text: String) {
        let header = ColumnHeader<SurveyColumn>(text)
        #expect(header.column == nil)
        #expect(header.text == text)
    }
}
