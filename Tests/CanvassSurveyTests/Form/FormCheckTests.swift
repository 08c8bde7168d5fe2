import CanvassCoding
import CanvassSurvey
import Testing

@Suite struct FormCheckTests {
    /// A form of these items with one list, `yesno`.
    static func form(_ items: [Form.Item], lists: [Form.ChoiceList] = []) -> Form {
        Form(
            id: "trial", title: "Trial", items: items,
            choiceLists: [Form.ChoiceList(name: "yesno", choices: [Form.Choice(name: "1"), Form.Choice(name: "2")])]
                + lists)
    }

    static func item(
        _ name: String, _ type: Form.ItemType = .integer, parent: String? = nil,
        _ change: (inout Form.Item) -> Void = { _ in }
    ) -> Form.Item {
        var item = Form.Item(
            name: name, type: type, parent: parent, label: LocalizedText([.init("", "Question \(name)")]))
        change(&item)
        return item
    }

    @Test func `a sound form has no findings`() {
        let form = Self.form([
            Self.item("about", .group), Self.item("age", parent: "about") { $0.constraint = ". > 0" },
            Self.item("smokes", .selectOne(list: "yesno"), parent: "about") { $0.relevant = "${age} > 12" },
            Self.item("daily") {
                $0.relevant = "${smokes} = '1'"; $0.required = "yes"
            },
        ])
        #expect(form.check() == [])
    }

    static let broken: [(String, Form, String, String, Int?, String)] = [
        ("duplicate", form([item("a"), item("a")]), "a", "name", nil, "two items"),
        ("name", form([item("1a")]), "1a", "name", nil, "cannot name"),
        ("list", form([item("a", .selectOne(list: "x"))]), "a", "type", nil, "no choice list"),
        ("syntax", form([item("a") { $0.relevant = "1 +" }]), "a", "relevant", 3, "missing"),
        ("function", form([item("a") { $0.constraint = ". > foo(1)" }]), "a", "constraint", 4, "foo"),
        ("reference", form([item("a") { $0.calculation = "1 + ${b}" }]), "a", "calculation", 4, "no question “b”"),
        ("case", form([item("B"), item("a") { $0.required = "${b} = 1" }]), "a", "required", 0, "no question “b”"),
        ("group", form([item("g", .group), item("a") { $0.relevant = "${g} = 1" }]), "a", "relevant", 0, "group"),
        ("bare", form([item("a") { $0.relevant = "yes = 1" }]), "a", "relevant", 0, "neither"),
        (
            "lookup", form([item("a") { $0.calculation = "instance('x')/root/item/name" }]), "a", "calculation", 0,
            "list"
        ),
        ("self", form([item("a") { $0.relevant = "${a} = 1" }]), "a", "relevant", nil, "a → a"),
        (
            "cycle",
            form([
                item("a", .calculate) { $0.calculation = "${b}" }, item("b") { $0.relevant = "${c} = 1" },
                item("c") { $0.calculation = "${a}" },
            ]), "a", "calculation", nil, "a → b → c → a"
        ),
        (
            "group cycle", form([item("g", .group) { $0.relevant = "${a} = 1" }, item("a", parent: "g")]), "g",
            "relevant", nil, "depends on itself"
        ),
        ("parent", form([item("a", parent: "g")]), "a", "parent", nil, "no group"),
        ("parent type", form([item("a"), item("b", parent: "a")]), "b", "parent", nil, "not a group"),
        (
            "closed group", form([item("g", .group), item("a"), item("b", parent: "g")]), "b", "parent", nil,
            "does not stand open"
        ),
        ("repeat", form([item("r", .repeatGroup)]), "r", "type", nil, "repeats"),
        ("range", form([item("a", .range(start: 1, end: 1, step: 1))]), "a", "parameters", nil, "nowhere"),
        ("default", form([item("a") { $0.defaultValue = "many" }]), "a", "default", nil, "whole number"),
        ("label", form([item("a") { $0.label = LocalizedText([.init("", "Hi ${x}")]) }]), "a", "label", nil, "“x”"),
        ("id", Form(id: "a b", title: ""), "", "form_id", nil, "cannot name"),
        (
            "choice",
            form(
                [item("a", .selectOne(list: "l"))],
                lists: [.init(name: "l", choices: [.init(name: "1"), .init(name: "1")])]),
            "l", "name", nil, "two choices"
        ),
        (
            "blank in code",
            form([item("a", .rank(list: "l"))], lists: [.init(name: "l", choices: [.init(name: "x y")])]), "l",
            "name", nil, "blank"
        ),
        ("two lists", form([], lists: [.init(name: "yesno")]), "yesno", "list_name", nil, "two choice lists"),
    ]

    @Test(arguments: broken.indices) func `an error names item, column and place`(index: Int) {
        let (name, form, item, column, offset, part) = Self.broken[index]
        let findings = form.check().filter { $0.severity == .error }
        #expect(findings.count == 1, "\(name): \(findings)")
        #expect(findings.first?.item == item && findings.first?.column == column, "\(name): \(findings)")
        #expect(findings.first?.offset == offset, "\(name): \(findings)")
        #expect(findings.first?.message.contains(part) == true, "\(name): \(findings)")
        #expect(findings.first?.remedy.isEmpty == false)
        #expect(throws: FormError.self) { try Interview(form: form) }
    }

    @Test func `what is merely odd is a warning and can be asked`() throws {
        let form = Self.form([
            Self.item("q1", .unknown("matrix")), Self.item("Q1") { $0.metric = "love" },
            Self.item("x", .calculate), Self.item("y") { $0.label = LocalizedText() },
        ])
        #expect(form.check().map(\.severity) == Array(repeating: .warning, count: 5), "\(form.check())")
        #expect(form.check().map(\.item) == ["Q1", "q1", "Q1", "x", "y"])
        _ = try Interview(form: form)
    }

    @Test func `columns of the choices sheet mean something in a choice filter only`() {
        let villages = Form.ChoiceList(
            name: "village",
            choices: [Form.Choice(name: "a", attributes: [Value.Member("region", "north")]), Form.Choice(name: "b")])
        let sound = Self.form(
            [Self.item("v", .selectOne(list: "village")) { $0.choiceFilter = "region = 'north' and name != 'b'" }],
            lists: [villages])
        #expect(sound.check() == [])
        let misspelt = Self.form(
            [Self.item("v", .selectOne(list: "village")) { $0.choiceFilter = "regoin = 'north'" }], lists: [villages])
        #expect(misspelt.check().map(\.column) == ["choice_filter"])
    }

    @Test func `a chain of ten thousand calculations is put in order`() throws {
        let items = (0..<10_000).map { number in
            Self.item("q\(number)", .calculate) { $0.calculation = number == 9999 ? "1" : "${q\(number + 1)} + 1" }
        }
        let interview = try Interview(form: Self.form(items))
        let answers = interview.finalise(Answers(), environment: InterviewTests.environment)
        #expect(answers["q0"] == 10_000)
    }

    @Test func `a circle of ten thousand calculations is named without a crash`() {
        let items = (0..<10_000).map { number in
            Self.item("q\(number)", .calculate) { $0.calculation = "${q\((number + 1) % 10_000)}" }
        }
        #expect(Self.form(items).check().contains { $0.message.contains("depends on itself") })
    }
}
