import CanvassCoding
import CanvassSimulator
package import CanvassSurvey

/// A survey of 12 questions as a visitor centre would ask them, and made-up answers to it.
package struct VisitSurvey {
    private var generator: SplitMix64

    package init(seed: UInt64 = 12) {
        generator = SplitMix64(seed: seed)
    }

    package static let form: Form = {
        var form = Form(
            id: "visit", title: "Your visit", version: "1", languages: ["English (en)"],
            defaultLanguage: "English (en)")
        form.choiceLists = [
            list("agreement", ["1", "2", "3", "4", "5"]), list("purpose", purposes), list("service", services),
            list("district", districts), list("yes_no", ["yes", "no"]),
        ]
        form.items = [
            item("recommend", .range(start: 0, end: 10, step: 1), metric: "nps"),
            item("satisfied", .selectOne(list: "agreement"), metric: "csat"),
            item("easy", .selectOne(list: "agreement"), metric: "ces"),
            item("return", .selectOne(list: "agreement"), metric: "repurchase"),
            item("purpose", .selectOne(list: "purpose")), item("services", .selectMultiple(list: "service")),
            item("first_visit", .selectOne(list: "yes_no")), item("district", .selectOne(list: "district")),
            item("age", .integer), item("waited", .decimal), item("arrived", .time), item("comment", .text),
        ]
        return form
    }()

    /// Answers to all 12 questions.
    package mutating func answers() -> Answers {
        let comment = (0..<Int.random(in: 2...6, using: &generator)).map { _ in pick(VisitSurvey.words) }
        let services = VisitSurvey.services.filter { _ in Int.random(in: 0..<3, using: &generator) == 0 }
        return Answers([
            .init("recommend", .integer(min(10, number(3...13)))), .init("satisfied", .text("\(number(1...5))")),
            .init("easy", .text("\(number(1...5))")), .init("return", .text("\(number(1...5))")),
            .init("purpose", .text(pick(VisitSurvey.purposes))),
            .init("services", .list((services.isEmpty ? ["none"] : services).map(Value.text))),
            .init("first_visit", .text(pick(["yes", "no", "no"]))),
            .init("district", .text(pick(VisitSurvey.districts))), .init("age", .integer(number(16...90))),
            .init("waited", Value(Double(number(0...90)) / 2)),
            .init("arrived", .text("\(number(10...19)):\(number(10...59))")),
            .init("comment", .text(comment.joined(separator: " "))),
        ])
    }

    private static let purposes = ["register", "renew", "complain", "ask", "pay", "other"]
    private static let services = ["desk", "phone", "web", "kiosk", "post", "none"]
    private static let districts = ["north", "east", "south", "west", "harbour", "old_town", "hills", "airport"]
    private static let words = [
        "staff", "friendly", "waiting", "queue", "slow", "quick", "clear", "signs", "missing", "ramp", "very",
        "helpful",
        "noisy", "clean", "form", "confusing", "again", "please", "more", "seats", "water", "thank", "you", "opening",
        "hours", "earlier", "parking", "full", "language", "help", "phone", "unanswered",
    ]

    private static func item(_ name: String, _ type: Form.ItemType, metric: String? = nil) -> Form.Item {
        var item = Form.Item(name: name, type: type, label: LocalizedText([.init("English (en)", name)]))
        item.metric = metric
        return item
    }

    private static func list(_ name: String, _ codes: [String]) -> Form.ChoiceList {
        Form.ChoiceList(
            name: name,
            choices: codes.map { Form.Choice(name: $0, label: LocalizedText([.init("English (en)", $0)])) })
    }

    private mutating func number(_ range: ClosedRange<Int64>) -> Int64 { .random(in: range, using: &generator) }

    private mutating func pick(_ choices: [String]) -> String {
        choices[Int.random(in: choices.indices, using: &generator)]
    }
}
