import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSurvey
import Foundation
import TestSupport
import Testing

@Suite struct DraftTests {
    /// A designer, and a collector who has the survey.
    private func scene() async throws -> (world: World, designer: Replica, collector: Replica) {
        let world = try World()
        let designer = try await world.designer()
        return (world, designer, try await world.join("Cora", ["collector"], team: "north"))
    }

    private func answer(
        _ replica: Replica, _ draft: ResponseDraft, _ question: String, _ value: Value
    ) throws -> ResponseDraft {
        switch try replica.answer(question, with: value, in: draft) {
        case .saved(let saved): return saved
        case .refused(let findings): throw Replica.Refused(findings: findings)
        }
    }

    private func changes(_ replica: Replica) throws -> Int {
        try replica.status().scopes.reduce(0) { $0 + $1.changes }
    }

    @Test func `a draft grows answer by answer, and becomes one change`() async throws {
        let (_, _, collector) = try await scene()
        let before = try changes(collector)
        var draft = try collector.startDraft(of: collector.visit, language: "ro")
        #expect(draft.answers.isEmpty && draft.setAside.isEmpty && draft.version == draft.firstVersion)
        #expect(
            try collector.progress(of: draft).open.map(\.name) == [
                "recommend", "satisfaction", "stands_for", "comment",
            ])
        #expect(try collector.progress(of: draft).findings.map(\.kind) == [.requiredMissing])
        draft = try answer(collector, draft, "comment", .text("bine"))
        draft = try answer(collector, draft, "recommend", .text("4"))
        draft = try answer(collector, draft, "reason", .text("scump"))
        draft = try answer(collector, draft, "satisfaction", .text("2"))
        #expect(try changes(collector) == before)
        #expect(try collector.status().drafts == 1)
        // In the order of the form, read anew from the file.
        let reopened = try Replica.open(at: collector.path)
        #expect(try reopened.drafts() == [draft])
        #expect(draft.answers.members.map(\.key) == ["recommend", "satisfaction", "reason", "comment"])
        #expect(draft.answers["recommend"] == .integer(4))
        guard case .recorded(let response) = try collector.finish(draft) else { return #expect(Bool(false)) }
        #expect(response.id == draft.id && response.language == "ro" && response.answers == draft.answers)
        #expect(try collector.response(named: draft.id.description) == response)
        #expect(try changes(collector) == before + 1)
        #expect(try collector.status().drafts == 0)
        let gone = failure { _ = try collector.finish(draft) }
        #expect(gone?.code == .notFound && gone?.message.contains("has been finished") == true)
        #expect(try collector.responses(to: collector.visit).count == 1)
    }

    @Test func `an answer against the rules is refused and changes nothing`() async throws {
        let (_, _, collector) = try await scene()
        var draft = try collector.startDraft(of: collector.visit)
        draft = try answer(collector, draft, "recommend", .integer(9))
        let refusals: [(String, Value, Finding.Kind)] = [
            ("recommend", .integer(11), .constraintBroken), ("satisfaction", .text("7"), .notAChoice),
            ("reason", .text("x"), .irrelevantAnswered),
        ]
        for (question, value, kind) in refusals {
            guard case .refused(let findings) = try collector.answer(question, with: value, in: draft) else {
                #expect(Bool(false), "\(question)")
                continue
            }
            #expect(findings.map(\.kind) == [kind] && findings.map(\.question) == [question])
        }
        #expect(
            failure { _ = try collector.answer("recommend", with: .text("many"), in: draft) }?.code == .invalidInput)
        #expect(failure { _ = try collector.answer("nothing", with: 1, in: draft) }?.code == .notFound)
        #expect(failure { _ = try collector.clear("nothing", in: draft) }?.code == .notFound)
        #expect(try collector.drafts() == [draft])
    }

    @Test func `answers are taken away, and drafts are thrown away`() async throws {
        let (_, _, collector) = try await scene()
        var draft = try collector.startDraft(of: collector.visit)
        let other = try collector.startDraft(of: collector.visit)
        #expect(try collector.drafts().map(\.id) == [draft.id, other.id])
        draft = try answer(collector, draft, "recommend", .integer(9))
        draft = try answer(collector, draft, "comment", .text("x"))
        draft = try answer(collector, draft, "comment", .null)
        #expect(draft.answers.members.map(\.key) == ["recommend"])
        // A code that means no answer leaves none.
        draft = try answer(collector, draft, "satisfaction", .text("9"))
        #expect(draft.answers["satisfaction"] == nil)
        try collector.discard(draft)
        #expect(failure { try collector.discard(draft) }?.code == .notFound)
        #expect(failure { _ = try answer(collector, draft, "recommend", .integer(8)) }?.code == .notFound)
        #expect(try collector.drafts() == [other])
        #expect(failure { _ = try collector.draft(named: "0") } == nil)
        #expect(try collector.responses(to: collector.visit).isEmpty)
    }

    @Test func `what skip logic hides stays in the draft and out of the response`() async throws {
        let (_, _, collector) = try await scene()
        var draft = try collector.startDraft(of: collector.visit)
        draft = try answer(collector, draft, "recommend", .integer(4))
        draft = try answer(collector, draft, "reason", .text("slow"))
        draft = try answer(collector, draft, "recommend", .integer(9))
        #expect(draft.answers["reason"] == .text("slow"))
        #expect(try collector.progress(of: draft).hidden == ["reason"])
        #expect(try collector.progress(of: draft).findings.isEmpty)
        guard case .recorded(let response) = try collector.finish(draft) else { return #expect(Bool(false)) }
        #expect(response.answers.members.map(\.key) == ["recommend"])
    }

    @Test func `a new version keeps what still fits and sets the rest aside, and nothing is dropped`() async throws {
        let (_, designer, collector) = try await scene()
        var draft = try collector.startDraft(of: collector.visit)
        for (question, value) in [
            ("recommend", Value.integer(4)), ("reason", .text("slow")), ("comment", .text("old words")),
            ("satisfaction", .text("2")),
        ] {
            draft = try answer(collector, draft, question, value)
        }
        var form = Form.visit.changing("reason") { $0.type = .integer }
        form.version = "2"
        form.items.removeAll { $0.name == "comment" }
        try designer.publish(designer.importSurvey(form, into: designer.campaign()))
        try await settleAll(designer, collector)
        draft = try collector.draft(named: draft.id.description)
        #expect(draft.version != draft.firstVersion)
        #expect(draft.answers.members.map(\.key) == ["recommend", "satisfaction"])
        #expect(Set(draft.setAside.members.map(\.key)) == ["reason", "comment"])
        // The question that is another one now has to be answered again.
        guard case .refused(let findings) = try collector.finish(draft) else { return #expect(Bool(false)) }
        #expect(findings.map(\.question) == ["reason"])
        draft = try answer(collector, draft, "reason", .integer(3))
        #expect(draft.setAside.members.map(\.key) == ["comment"])
        guard case .recorded(let response) = try collector.finish(draft) else { return #expect(Bool(false)) }
        #expect(response.version == draft.version)
        #expect(response.answers["reason"] == .integer(3) && response.answers["comment"] == .text("old words"))
    }

    @Test func `nobody else sees a draft before it is finished`() async throws {
        let (world, _, collector) = try await scene()
        let reviewer = try await world.join("Rita", ["reviewer"])
        var draft = try collector.startDraft(of: collector.visit)
        draft = try answer(collector, draft, "recommend", .integer(9))
        let outcome = try await collector.sync()
        #expect(outcome.pushed == 0)
        try await settleAll(collector, reviewer)
        #expect(try reviewer.responses(to: reviewer.visit).isEmpty && reviewer.drafts().isEmpty)
        _ = try collector.finish(draft)
        try await settleAll(collector, reviewer)
        #expect(try reviewer.responses(to: reviewer.visit).map(\.id) == [draft.id])
    }

    @Test func `two programs on one file finish a draft once, with every answer`() async throws {
        let (_, _, collector) = try await scene()
        var draft = try collector.startDraft(of: collector.visit)
        draft = try answer(collector, draft, "recommend", .integer(9))
        let other = try Replica.open(at: collector.path)
        _ = try answer(other, draft, "comment", .text("from the other program"))
        // The caller's value is older than the file.
        guard case .recorded(let response) = try collector.finish(draft) else { return #expect(Bool(false)) }
        #expect(response.answers["comment"] == .text("from the other program"))
        #expect(failure { _ = try other.finish(draft) }?.code == .notFound)
        #expect(try other.responses(to: other.visit).count == 1)
    }

    @Test func `a draft that is too large stays`() async throws {
        let (_, _, collector) = try await scene()
        var draft = try collector.startDraft(of: collector.visit)
        draft = try answer(collector, draft, "recommend", .integer(9))
        draft = try answer(collector, draft, "comment", .text(String(repeating: "x", count: 70_000)))
        #expect(failure { _ = try collector.finish(draft) }?.code == .invalidInput)
        #expect(try collector.drafts() == [draft])
        #expect(try collector.responses(to: collector.visit).isEmpty)
    }

    @Test func `only who collects can begin, and a draft outlives the doctor and a salvage`() async throws {
        let (world, designer, collector) = try await scene()
        #expect(failure { _ = try designer.startDraft(of: designer.visit) }?.code == .notPermitted)
        var draft = try collector.startDraft(of: collector.visit)
        draft = try answer(collector, draft, "recommend", .integer(9))
        try collector.store.database.write { try $0.execute("UPDATE scope SET digest = digest + 1") }
        let report = try ReplicaStore.examine(path: collector.path, repairing: true)
        #expect(!report.isSound)
        #expect(try collector.drafts() == [draft])
        let (copy, target) = (world.folder.path("copy.canvass"), world.folder.path("saved.canvass"))
        try collector.store.database.truncateLog()
        try FileManager.default.copyItem(atPath: collector.path, toPath: copy)
        _ = try ReplicaStore.salvage(from: copy, to: target)
        #expect(try Replica.open(at: target).drafts() == [draft])
    }
}
