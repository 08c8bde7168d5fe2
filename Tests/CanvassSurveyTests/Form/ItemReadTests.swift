import CanvassCoding
import CanvassSurvey
import Testing

@Suite struct ItemReadTests {
    static let readable: [(Form.ItemType, String, Value?)] = [
        (.text, " a b ", " a b "), (.text, "  ", nil), (.integer, " 42 ", 42), (.integer, "-7", -7),
        (.integer, "5.0", 5),
        (.integer, "1e3", 1000), (.decimal, "3.50", .number(3.5)), (.decimal, "3", 3),
        (.range(start: 0, end: 1, step: 0.1), ".5", .number(0.5)),
        (.selectOne(list: "l"), " x ", "x"), (.selectMultiple(list: "l"), "a  b", ["a", "b"]),
        (.rank(list: "l"), "b a", ["b", "a"]), (.date, "2016-02-29", "2016-02-29"), (.time, "09:30", "09:30"),
        (.time, "23:59:59.999-07:00", "23:59:59.999-07:00"),
        (.dateTime, "2017-05-13T09:30:00.000-07:00", "2017-05-13T09:30:00.000-07:00"),
        (.dateTime, "2017-05-13T09:30Z", "2017-05-13T09:30Z"),
        (.geopoint, "37.62 -122.38 4 10", [.number(37.62), .number(-122.38), 4, 10]),
        (.acknowledge, "OK", true), (.acknowledge, "no", false), (.calculate, "12.5", .number(12.5)),
        (.calculate, "007", "007"),
        (.calculate, "abc", "abc"), (.image, "a.jpg", "a.jpg"), (.unknown("x"), "1", "1"), (.hidden, "1", "1"),
    ]

    @Test(arguments: readable.indices) func `a cell is read by its question's type`(index: Int) throws {
        let (type, text, expected) = Self.readable[index]
        let item = Form.Item(name: "q", type: type)
        let value = try item.read(text: text).get()
        #expect(value == expected, "\(type) \(text)")
        if let value { #expect(try item.read(value: value).get() == value, "\(type) \(text) again") }
    }

    static let unreadable: [(Form.ItemType, String)] = [
        (.integer, "abc"), (.integer, "3.5"), (.integer, "99999999999999999999"), (.integer, "0x10"), (.decimal, "3,5"),
        (.decimal, "nan"), (.decimal, "inf"), (.decimal, "1e999"), (.date, "2017-02-30"), (.date, "13/05/2017"),
        (.date, "2017-5-13"), (.date, "0000-01-01"), (.time, "24:00"), (.time, "9:30"), (.dateTime, "2017-05-13T09:30"),
        (.dateTime, "2017-05-13T09:30+25:00"), (.dateTime, "2017-05-13T09:30:00.Z"), (.geopoint, "91 0"),
        (.geopoint, "1"),
        (.geopoint, "1 2 3 4 5"), (.geopoint, "1 x"), (.acknowledge, "maybe"), (.note, "x"),
    ]

    @Test(arguments: unreadable.indices) func `a cell that cannot be an answer says why`(index: Int) {
        let (type, text) = Self.unreadable[index]
        guard case .failure(let problem) = Form.Item(name: "q", type: type).read(text: text) else {
            Issue.record("\(type) took \(text)")
            return
        }
        #expect(!problem.reason.isEmpty && !problem.remedy.isEmpty)
    }

    @Test func `missing codes are no answer, as text and as number`() throws {
        var item = Form.Item(name: "nps", type: .integer)
        item.missingCodes = ["11", "Blank"]
        for text in ["11", " 11 ", "Blank", ""] { #expect(try item.read(text: text).get() == nil) }
        #expect(try item.read(value: 11).get() == nil)
        #expect(try item.read(text: "10").get() == 10)
        #expect(try item.read(value: .null).get() == nil)
    }

    @Test func `JSON answers are taken typed or as text`() throws {
        #expect(try Form.Item(name: "q", type: .selectOne(list: "l")).read(value: 1).get() == "1")
        #expect(try Form.Item(name: "q", type: .selectMultiple(list: "l")).read(value: ["a", 2]).get() == ["a", "2"])
        #expect(try Form.Item(name: "q", type: .selectMultiple(list: "l")).read(value: []).get() == nil)
        #expect(try Form.Item(name: "q", type: .decimal).read(value: .number(0.5)).get() == .number(0.5))
        #expect(try Form.Item(name: "q", type: .text).read(value: 5).get() == "5")
        for value: Value in [true, [1], ["a": 1], .bytes([1]), .number(1.5)] {
            guard case .failure = Form.Item(name: "q", type: .integer).read(value: value) else {
                Issue.record("an integer took \(value)")
                continue
            }
        }
    }
}

@Suite struct AnswersTests {
    @Test func `answers keep one value a question, in order`() throws {
        var answers = Answers([Value.Member("a", 1), Value.Member("b", .null), Value.Member("a", 2)])
        #expect(answers.members == [Value.Member("a", 2)])
        answers["c"] = "x"
        answers["a"] = nil
        answers["d"] = .null
        #expect(answers.value == ["c": "x"])
        #expect(try Answers(value: answers.value) == answers)
        #expect(throws: FormError.self) { try Answers(value: [1]) }
    }
}
