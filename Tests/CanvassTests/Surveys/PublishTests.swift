import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassInsight
import CanvassSQLite
import CanvassStore
import CanvassSurvey
import Testing

struct PublishTests {
    @Test func `publishing the same draft again gives the same version`() throws {
        let world = try World()
        let replica = try world.replica("Dana")
        let draft = try replica.importSurvey(.visit, into: replica.createCampaign(named: "visits"))
        let first = try replica.publish(draft)
        #expect(try replica.publish(draft) == first)
        #expect(try replica.publish(replica.visit) == first)
        #expect(try replica.visit.published == [first])
        #expect(first.number == 1 && first.version == "1")
    }

    @Test func `a changed draft becomes the next version and the first stays as it was`() throws {
        let world = try World()
        let replica = try world.replica("Dana")
        let campaign = try replica.createCampaign(named: "visits")
        let draft = try replica.importSurvey(.visit, into: campaign)
        let first = try replica.publish(draft)
        let changed = Form.visit.changing("comment") { $0.type = .integer }
        try replica.importSurvey(changed, into: campaign)
        let second = try replica.publish(draft)
        #expect(second.number == 2)
        #expect(try replica.visit.published == [first, second])
        #expect(try replica.form(of: first) == .visit)
        #expect(try replica.form(of: replica.visit) == changed)
        // A replica without anything in memory reads the same.
        let fresh = try Replica.open(at: replica.path)
        #expect(try fresh.form(of: first) == .visit)
        #expect(try fresh.form(of: second) == changed)
    }

    @Test func `a form of 1,200 questions is published in parts and arrives whole`() async throws {
        let world = try World()
        let form = Form.large(questions: 1_200)
        let designer = try await world.designer(form)
        let parts = try designer.query(
            "SELECT count(*) FROM entity WHERE kind = (SELECT id FROM term WHERE text = 'version-part')")
        guard case .integer(let count) = parts.rows[0][0] else { return #expect(Bool(false)) }
        #expect(count > 1)
        let reader = try await world.join("Rita", ["reviewer"])
        #expect(try reader.form(of: reader.survey(named: "large")) == form)
        #expect(try reader.query("SELECT * FROM responses_large").columns.count == 6 + 1_200)
    }

    @Test func `a broken form is refused with the place and the remedy`() throws {
        let world = try World()
        let replica = try world.replica("Dana")
        let broken = Form.visit.changing("reason") { $0.relevant = "${nobody} <= 6" }
        let survey = try replica.importSurvey(broken, into: replica.createCampaign(named: "visits"))
        let error = failure { try replica.publish(survey) }
        #expect(error?.code == .invalidInput)
        #expect(error?.message.contains("nobody") == true)
        #expect(error?.remedy.isEmpty == false)
        #expect(try replica.visit.published.isEmpty)
        #expect(failure { _ = try replica.form(of: replica.visit) }?.code == .notFound)
    }

    @Test func `a collector may not publish`() async throws {
        let world = try World()
        _ = try await world.designer()
        let collector = try await world.join("Cora", ["collector"])
        let survey = try collector.visit
        #expect(failure { _ = try collector.importSurvey(.rich, into: collector.campaign()) }?.code == .notPermitted)
        #expect(try collector.visit == survey)
    }

    @Test func `versions published apart from each other both stay, in one order everywhere`() async throws {
        let world = try World()
        let dana = try await world.designer()
        let dora = try await world.join("Dora", ["designer"])
        for (replica, name) in [(dana, "one"), (dora, "two")] {
            try replica.importSurvey(.visit.changing("comment") { $0.appearance = name }, into: replica.campaign())
            try replica.publish(replica.visit)
        }
        try await settleAll(dana, dora)
        #expect(try dana.visit.published.map(\.number) == [1, 2, 2])
        #expect(try dana.visit == dora.visit)
        #expect(try dana.form(of: dana.visit) == dora.form(of: dora.visit))
    }

    // MARK: What a hostile or broken designer's program may publish

    /// Writes a version as it comes over the wire, whatever it says.
    private func plant(_ form: Value, number: Int64 = 2, parts: Int64 = 1, in replica: Replica) throws {
        let survey = try replica.visit
        let document = CBOR.encode(form)
        func id(_ random: UInt64) -> EntityID { EntityID(milliseconds: TestClock.start, random: (random, 5)) }
        let version = EntityEdit(
            kind: "version", entity: id(1),
            operations: [
                Operation(.put(.text(survey.id.description)), field: "survey"),
                Operation(.put(.integer(number)), field: "number"),
                Operation(.put(.integer(parts)), field: "parts"),
                Operation(.put(.bytes(SHA256.hash(document))), field: "hash"),
            ])
        let part = EntityEdit(
            kind: "version-part", entity: id(2),
            operations: [
                Operation(.put(.text(id(1).description)), field: "of"), Operation(.put(.integer(0)), field: "index"),
                Operation(.put(.bytes(document)), field: "bytes"),
            ])
        _ = try replica.store.commit(
            [Edit(scope: ScopeID(.design, survey.campaign), edits: [part, version])], clockMilliseconds: 1)
    }

    private func published() throws -> Replica {
        let replica = try World().replica("Dana")
        let campaign = try replica.createCampaign(named: "visits")
        try replica.publish(replica.importSurvey(.visit, into: campaign))
        return replica
    }

    @Test(arguments: [Value.null, .text("no form"), .map([]), .list([.integer(1)])])
    func `a version that cannot be read stops nothing but its own use`(_ document: Value) throws {
        let replica = try published()
        try plant(document, in: replica)
        let opened = try Replica.open(at: replica.path)
        #expect(failure { _ = try opened.form(of: opened.visit) }?.code == .invalidInput)
        #expect(try opened.form(of: opened.visit.published[0]) == .visit)
        #expect(try opened.conflicts().isEmpty)
        // And a designer can repair it.
        try opened.publish(opened.visit)
        #expect(try opened.visit.published.last?.number == 3)
        #expect(try opened.form(of: opened.visit) == .visit)
    }

    @Test func `a version whose parts are missing is no version to use`() throws {
        let replica = try published()
        try plant(Form.visit.value, parts: 3, in: replica)
        let opened = try Replica.open(at: replica.path)
        #expect(failure { _ = try opened.form(of: opened.visit) }?.code == .invalidInput)
    }

    @Test(arguments: [Int64.max, .min, 0, -1])
    func `a version number beyond reason is ignored`(_ number: Int64) throws {
        let replica = try published()
        try plant(Form.rich.value, number: number, in: replica)
        #expect(try replica.visit.published.map(\.number) == [1])
        try replica.importSurvey(.visit.changing("comment") { $0.appearance = "x" }, into: replica.campaign())
        #expect(try replica.publish(replica.visit).number == 2)
    }

    @Test(arguments: [
        "x' || (SELECT 1) || '", "x'; DROP TABLE change; --", "x\"y", "x\0y", "it's", "\\", "a\nb", "日本",
    ])
    func `a question's name is never read as SQL`(_ name: String) throws {
        let replica = try published()
        var form = Form.visit
        form.items.append(Form.Item(name: name, type: .text))
        try plant(form.value, in: replica)
        let opened = try Replica.open(at: replica.path)
        #expect(try opened.query("SELECT recommend FROM responses_visit").rows.isEmpty)
        #expect(try opened.query("SELECT * FROM responses_visit").rows.isEmpty)
        #expect(try opened.report(on: opened.visit).report.responses == 0)
        #expect(try opened.query("SELECT count(*) > 0 FROM change").rows == [[.integer(1)]])
    }
}
