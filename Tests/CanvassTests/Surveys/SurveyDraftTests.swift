import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSurvey
import TestSupport
import Testing

struct SurveyDraftTests {
    private func designer() throws -> (World, Replica, Campaign) {
        let world = try World()
        let replica = try world.replica("Dana")
        return (world, replica, try replica.createCampaign(named: "visits"))
    }

    /// Operations in the log: how many cells were written.
    private func changes(_ replica: Replica) throws -> [SQLiteValue] {
        try replica.query("SELECT count(*), total(bytes) FROM changes").rows[0]
    }

    @Test(arguments: [Form.visit, .rich, Form(id: "empty", title: "")])
    func `a form that becomes a draft comes back the same`(_ form: Form) throws {
        let (_, replica, campaign) = try designer()
        let survey = try replica.importSurvey(form, into: campaign)
        #expect(try replica.draft(of: survey) == form)
        #expect(survey.name == form.id && survey.title == form.title && survey.published.isEmpty)
    }

    @Test(arguments: [Form.visit, .rich, .large(questions: 1_200)])
    func `the same form again writes nothing`(_ form: Form) throws {
        let (_, replica, campaign) = try designer()
        let first = try replica.importSurvey(form, into: campaign)
        let before = try changes(replica)
        #expect(try replica.importSurvey(form, into: campaign) == first)
        #expect(try changes(replica) == before)
    }

    @Test func `changing one label writes that cell alone`() throws {
        let (_, replica, campaign) = try designer()
        try replica.importSurvey(.visit, into: campaign)
        let before = try replica.store.database.query("SELECT count(*) FROM change").rows
        let changed = Form.visit.changing("recommend") { $0.label = Form.text("Would you?", "Ați recomanda?") }
        let survey = try replica.importSurvey(changed, into: campaign)
        #expect(before == [[.integer(2)]])
        let body = try replica.store.database.query("SELECT body FROM change WHERE position = 3").rows
        guard case .blob(let bytes) = try #require(body.first?.first) else { return #expect(Bool(false)) }
        let edits = try ChangeBody(decoding: bytes).edits
        #expect(edits.count == 1)
        #expect(edits.first?.operations.map(\.field) == ["label"])
        #expect(try replica.draft(of: survey) == changed)
    }

    @Test func `items and choices come, go and move as the form says`() throws {
        let (_, replica, campaign) = try designer()
        try replica.importSurvey(.visit, into: campaign)
        var form = Form.visit
        form.items.removeAll { $0.name == "reason" }
        form.items.insert(Form.Item(name: "first", type: .note, label: Form.text("Hello", "Salut")), at: 0)
        form.items.swapAt(1, 2)
        form.choiceLists[0].choices.removeLast()
        form.choiceLists[0].choices.reverse()
        let survey = try replica.importSurvey(form, into: campaign)
        #expect(try replica.draft(of: survey) == form)
        // And what was taken away can come back.
        try replica.importSurvey(.visit, into: campaign)
        #expect(try replica.draft(of: survey) == .visit)
    }

    @Test func `a seeded row of random edits is always followed`() throws {
        var chance = SplitMix64.forTest("random drafts")
        let (_, replica, campaign) = try designer()
        var form = Form.rich
        for _ in 0..<25 {
            switch Int.random(in: 0..<4, using: &chance) {
            case 0:
                // The items of a group stay with it, in another order.
                var inside = form.items.filter { $0.parent != nil }
                form.items.removeAll { $0.parent != nil }
                inside.shuffle(using: &chance)
                form.items.shuffle(using: &chance)
                if let group = form.items.firstIndex(where: { $0.name == "trip" }) {
                    form.items.insert(contentsOf: inside, at: group + 1)
                }
            case 1:
                let item = Form.Item(name: "n\(chance.next() % 20)", type: .text)
                if form.item(named: item.name) == nil { form.items.append(item) }
            case 2:
                guard let gone = form.items.randomElement(using: &chance)?.name else { break }
                form.items.removeAll { $0.name == gone || $0.parent == gone }
            default: form.choiceLists[1].choices.shuffle(using: &chance)
            }
            let survey = try replica.importSurvey(form, into: campaign)
            #expect(try replica.draft(of: survey) == form)
        }
    }

    @Test func `two campaigns may have a survey of one name`() throws {
        let (_, replica, campaign) = try designer()
        let other = try replica.createCampaign(named: "other")
        let first = try replica.importSurvey(.visit, into: campaign)
        let second = try replica.importSurvey(.visit, into: other)
        #expect(first.id != second.id && second.campaign == other.id)
        #expect(failure { _ = try replica.visit }?.code == .ambiguous)
        #expect(try replica.survey(named: second.id.description) == second)
    }

    @Test func `designers who edit different properties of a question offline both keep their change`() async throws {
        let world = try World()
        let dana = try await world.designer()
        let dora = try await world.join("Dora", ["designer"])
        try dana.importSurvey(
            .visit.changing("recommend") { $0.label = Form.text("Tell a friend?", "Spuneți?") }, into: dana.campaign())
        try dora.importSurvey(.visit.changing("recommend") { $0.constraint = ". <= 5" }, into: dora.campaign())
        try await settleAll(dana, dora)
        let merged = try dana.draft(of: dana.visit)
        #expect(merged.item(named: "recommend")?.constraint == ". <= 5")
        #expect(merged.item(named: "recommend")?.label == Form.text("Tell a friend?", "Spuneți?"))
        #expect(try dora.draft(of: dora.visit) == merged)
        #expect(try dana.conflicts().isEmpty)
    }

    @Test func `the same property changed twice is a conflict about the question`() async throws {
        let world = try World()
        let dana = try await world.designer()
        let dora = try await world.join("Dora", ["designer"])
        for (replica, rule) in [(dana, ". <= 5"), (dora, ". <= 7")] {
            try replica.importSurvey(.visit.changing("recommend") { $0.constraint = rule }, into: replica.campaign())
        }
        try await settleAll(dana, dora)
        let conflict = try #require(try dana.conflicts(language: "en").first)
        #expect(try dana.conflicts().count == 1)
        #expect(conflict.field == "constraint")
        #expect(conflict.question == "Recommend us?")
        #expect(try dana.conflicts(language: "ro").first?.question == "Ne recomandați?")
        #expect(Set(conflict.candidates.map(\.author)) == ["Dana", "Dora"])
        try dora.settle(dora.conflict(named: conflict.id), with: .text(". <= 6"))
        try await settleAll(dora, dana)
        #expect(try dana.conflicts().isEmpty)
        #expect(try dana.draft(of: dana.visit).item(named: "recommend")?.constraint == ". <= 6")
    }

    @Test func `questions added at one place by two designers are both there, and nobody has to settle order`()
        async throws
    {
        let world = try World()
        let dana = try await world.designer()
        let dora = try await world.join("Dora", ["designer"])
        for (replica, name) in [(dana, "from_dana"), (dora, "from_dora")] {
            var form = Form.visit
            form.items.insert(Form.Item(name: name, type: .text, label: Form.text(name, name)), at: 1)
            try replica.importSurvey(form, into: replica.campaign())
        }
        try await settleAll(dana, dora)
        let merged = try dana.draft(of: dana.visit)
        #expect(Set(merged.items.map(\.name)) == Set(Form.visit.items.map(\.name) + ["from_dana", "from_dora"]))
        #expect(merged.items.first?.name == "recommend")
        #expect(merged.items.last?.name == "comment")
        #expect(try dora.draft(of: dora.visit) == merged)
        #expect(try dana.conflicts().isEmpty)
        #expect(try dana.status().conflicts == 0)
    }

    @Test func `moving one question writes that place alone`() throws {
        let (_, replica, campaign) = try designer()
        try replica.importSurvey(.rich, into: campaign)
        let before = try replica.store.database.query("SELECT count(*) FROM change").rows
        var form = Form.rich
        form.items.append(form.items.remove(at: 3))
        let survey = try replica.importSurvey(form, into: campaign)
        #expect(try replica.draft(of: survey) == form)
        guard case .integer(let count)? = before[0].first else { return #expect(Bool(false)) }
        let rows = try replica.store.database.query("SELECT body FROM change WHERE position > \(count)").rows
        guard case .blob(let bytes)? = rows.first?.first else { return #expect(Bool(false)) }
        let edits = try ChangeBody(decoding: bytes).edits
        #expect(rows.count == 1 && edits.count == 1 && edits.first?.operations.map(\.field) == ["place"])
    }

    @Test func `blocks that two designers add at one place stay together`() async throws {
        let world = try World()
        let dana = try await world.designer()
        let dora = try await world.join("Dora", ["designer"])
        for (replica, name) in [(dana, "dana"), (dora, "dora")] {
            var form = Form.visit
            for number in 1...4 {
                // One after the other, as they come to mind.
                let item = Form.Item(name: "\(name)\(number)", type: .text, label: Form.text("x", "x"))
                form.items.insert(item, at: number)
                try replica.importSurvey(form, into: replica.campaign())
            }
        }
        try await settleAll(dana, dora)
        let names = try dana.draft(of: dana.visit).items.map(\.name)
        #expect(names.first == "recommend" && names.last == "comment" && names.count == 13)
        let authors = names.dropFirst().prefix(8).map { $0.prefix(4) }
        #expect(
            authors == ["dana", "dana", "dana", "dana", "dora", "dora", "dora", "dora"]
                || authors == ["dora", "dora", "dora", "dora", "dana", "dana", "dana", "dana"])
        #expect(try dora.draft(of: dora.visit).items.map(\.name) == names)
    }

    /// A form of two groups, the second in the first where `inner` says so, and the other way round.
    private func groups(_ order: [(name: String, parent: String?)]) -> Form {
        Form(
            id: "groups", title: "Groups", version: "1", languages: ["English (en)", "Română (ro)"],
            items: order.map { name, parent in
                Form.Item(
                    name: name, type: name.hasPrefix("g") ? .group : .text, parent: parent,
                    label: Form.text(name, name))
            })
    }

    @Test func `groups moved into each other are cut at the latest move, and the form can be used`() async throws {
        let world = try World()
        let start = groups([("g1", nil), ("a", "g1"), ("g2", nil), ("b", "g2")])
        let dana = try await world.designer(start)
        let dora = try await world.join("Dora", ["designer"], offset: 3_600_000)
        func survey(_ replica: Replica) throws -> Survey { try replica.survey(named: "groups") }
        try dana.importSurvey(groups([("g2", nil), ("b", "g2"), ("g1", "g2"), ("a", "g1")]), into: dana.campaign())
        try dora.importSurvey(groups([("g1", nil), ("a", "g1"), ("g2", "g1"), ("b", "g2")]), into: dora.campaign())
        try await settleAll(dana, dora)
        for replica in [dana, dora] {
            // Dora's clock is ahead: it was her move that closed the circle.
            #expect(try replica.itemsCutFromCircles(of: survey(replica)) == ["g2"])
            let form = try replica.draft(of: survey(replica))
            #expect(form.items.map(\.name) == ["g2", "b", "g1", "a"])
            #expect(form.items.map(\.parent) == [nil, "g2", "g2", "g1"])
            #expect(!form.check().contains { $0.severity == .error })
            #expect(try replica.conflicts().isEmpty)
        }
        // Importing the form as it stands settles the circle.
        try dana.importSurvey(dana.draft(of: survey(dana)), into: dana.campaign())
        try await settleAll(dana, dora)
        #expect(try dora.itemsCutFromCircles(of: survey(dora)).isEmpty)
        #expect(try dora.draft(of: survey(dora)).items.map(\.name) == ["g2", "b", "g1", "a"])
    }

    @Test func `a question added to a group that somebody deletes is not lost`() async throws {
        let world = try World()
        let dana = try await world.designer(groups([("g1", nil), ("a", "g1"), ("c", nil)]))
        let dora = try await world.join("Dora", ["designer"])
        try dana.importSurvey(groups([("c", nil)]), into: dana.campaign())
        try dora.importSurvey(groups([("g1", nil), ("a", "g1"), ("new", "g1"), ("c", nil)]), into: dora.campaign())
        try await settleAll(dana, dora)
        let form = try dana.draft(of: dana.survey(named: "groups"))
        #expect(form.items.map(\.name) == ["c", "new"] && form.items.map(\.parent) == [nil, nil])
        #expect(try dora.draft(of: dora.survey(named: "groups")) == form)
    }

    @Test func `places of another origin stay where they are`() throws {
        let (_, replica, campaign) = try designer()
        let survey = try replica.importSurvey(.rich, into: campaign)
        // As an older version wrote them: the parent by its name, six digits.
        for (index, item) in Form.rich.items.enumerated() {
            let entity = try replica.store.database.read { connection in
                try connection.entities(ofKind: .item).first { $0["name"]?.textValue == item.name }
            }
            let place: Value = [item.parent.map(Value.text) ?? .null, .text("00000\(index)")]
            let edit = EntityEdit(
                kind: "item", entity: try #require(entity).id, operations: [Operation(.put(place), field: "place")])
            try replica.store.commit([Edit(scope: ScopeID(.design, campaign.id), edits: [edit])], clockMilliseconds: 0)
        }
        #expect(try replica.draft(of: survey) == .rich)
        let before = try changes(replica)
        try replica.importSurvey(.rich, into: campaign)
        #expect(try changes(replica) == before)
        var form = Form.rich
        form.items.insert(Form.Item(name: "between", type: .text, label: Form.text("x", "x")), at: 4)
        try replica.importSurvey(form, into: campaign)
        #expect(try replica.draft(of: survey) == form)
    }
}
