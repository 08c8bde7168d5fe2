import CanvassCoding
public import CanvassSurvey
public import Testing

extension Form {
    /// Recommendation, satisfaction, a weight, a reason asked of detractors only, and a comment.
    static var visit: Form {
        var recommend = Item(name: "recommend", type: .integer, label: text("Recommend us?", "Ne recomandați?"))
        recommend.required = "yes"
        recommend.constraint = ". >= 0 and . <= 10"
        recommend.metric = "nps"
        var satisfaction = Item(
            name: "satisfaction", type: .selectOne(list: "mood"), label: text("Satisfied?", "Mulțumit?"))
        satisfaction.metric = "csat"
        satisfaction.missingCodes = ["9"]
        let weight = Item(name: "stands_for", type: .decimal, label: text("People", "Persoane"))
        var reason = Item(name: "reason", type: .text, label: text("Why?", "De ce?"))
        reason.relevant = "${recommend} <= 6"
        let comment = Item(name: "comment", type: .text, label: text("Anything else?", "Altceva?"))
        return Form(
            id: "visit", title: "After your visit", version: "1", languages: ["English (en)", "Română (ro)"],
            defaultLanguage: "English (en)", items: [recommend, satisfaction, weight, reason, comment],
            choiceLists: [
                ChoiceList(
                    name: "mood",
                    choices: ["1", "2", "3", "4", "5", "9"].map { Choice(name: $0, label: text("mood \($0)", $0)) })
            ])
    }

    /// Everything that a form can hold.
    static var rich: Form {
        var group = Item(name: "trip", type: .group, label: text("Your trip", "Drumul"))
        group.relevant = "true()"
        group.appearance = "field-list"
        var city = Item(name: "city", type: .selectOne(list: "cities"), parent: "trip", label: text("City", "Oraș"))
        city.choiceFilter = "region = ${region}"
        city.hint = text("Nearest", "")
        city.other = [.init("media::image", .text("map.png")), .init("a", .integer(1)), .init("a", .text("twice"))]
        var region = Item(name: "region", type: .selectOne(list: "regions"), parent: "trip", label: text("Region", "R"))
        region.required = "yes"
        region.requiredMessage = text("Needed", "Necesar")
        var size = Item(name: "size", type: .range(start: 0.5, end: 10, step: 0.5), label: text("Size", "M"))
        size.defaultValue = "2.5"
        var double = Item(name: "double", type: .calculate)
        double.calculation = "${size} * 2"
        var seen = Item(name: "seen", type: .selectMultiple(list: "cities"), label: text("Seen", "V"))
        seen.constraint = "count-selected(.) <= 2"
        seen.constraintMessage = text("Two", "Două")
        seen.missingCodes = ["x", "Blank"]
        seen.readOnly = true
        return Form(
            id: "rich", title: "Ünïcode \"title\"", version: "7b", languages: ["English (en)", "Română (ro)"],
            items: [
                group, region, city, size, double, seen, Item(name: "when", type: .metadata("start")),
                Item(name: "ranked", type: .rank(list: "cities"), label: text("Rank", "O")),
                Item(name: "ok", type: .acknowledge, label: text("OK", "OK")),
                Item(name: "strange", type: .unknown("hologram"), label: text("H", "H")),
            ],
            choiceLists: [
                ChoiceList(name: "regions", choices: [Choice(name: "n", label: text("North", "Nord"))]),
                ChoiceList(
                    name: "cities",
                    choices: (1...12).map { number in
                        Choice(
                            name: "c\(number)", label: text("City \(number)", "Oraș \(number)"),
                            attributes: [.init("region", .text("n")), .init("km", .number(Double(number) + 0.25))])
                    }),
            ])
    }

    /// Too large for one change.
    static func large(questions: Int) -> Form {
        Form(
            id: "large", title: "Large", version: "1", languages: ["English (en)", "Română (ro)"],
            items: (1...questions).map { number in
                Item(
                    name: "q\(number)", type: .integer,
                    label: text("How many of number \(number) did you count today?", "Câte de \(number) ați numărat?"))
            })
    }

    static func text(_ english: String, _ romanian: String) -> LocalizedText {
        LocalizedText([.init("English (en)", english), .init("Română (ro)", romanian)])
    }

    /// The form with one item changed.
    func changing(_ name: String, _ change: (inout Item) -> Void) -> Form {
        var form = self
        for index in form.items.indices where form.items[index].name == name { change(&form.items[index]) }
        return form
    }
}

/// A failing test names the form instead of printing all of it.
extension Form: CustomTestStringConvertible {
    public var testDescription: String { "form \(id), \(items.count) items" }
}
