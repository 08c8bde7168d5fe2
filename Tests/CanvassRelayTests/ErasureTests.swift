import CanvassCRDT
import CanvassCoding
import CanvassRelay
import CanvassWire
import Foundation
import Testing

/// Orders to erase, and that nothing of the erased bodies stays.
@Suite final class ErasureTests: WinterCampaign {
    /// The respondent whose answers are to go.
    private(set) lazy var person = relay.newID()
    private(set) lazy var order = relay.newID()

    private func answer(_ text: String) -> EntityEdit { .put("response", person, "comment", .text(text)) }

    private func other(_ text: String) -> EntityEdit { .put("response", bob.id, "comment", .text(text)) }

    private var roster: ScopeID { ScopeID(.roster, organisation) }

    /// An admin's order, through the roster.
    private func orderByAdmin() throws -> SyncAnswer {
        var chain = admin.chain(in: roster)
        let seen = try #require(
            try admin.sync(vectors: [ScopeReport(scope: roster, vector: VersionVector(), digest: nil)])
                .vector(of: roster))
        let edit = Erasure.edit(Erasure.hash(of: person), as: order)
        return try admin.sync(push: [try chain.segment([edit], seeing: seen)])
    }

    /// The devices that the order waits for, as an admin reads them in a scope.
    private func awaiting(in scope: ScopeID, by device: TestDevice) throws -> Set<EntityID> {
        var awaiting: Set<EntityID> = []
        for segment in try pages(of: device).flatMap({ try $0.segments(in: scope) }) {
            for body in try segment.changes().compactMap(\.body) {
                for edit in try ChangeBody(decoding: body).edits where edit.entity == order {
                    for operation in edit.operations where operation.field == Erasure.awaitingField {
                        guard case .bytes(let bytes) = operation.element else { continue }
                        let device = try EntityID(bytes: bytes)
                        if operation.action == .clear { awaiting.remove(device) } else { awaiting.insert(device) }
                    }
                }
            }
        }
        return awaiting
    }

    /// The marks and the erasures of a scope as a device reads them.
    private func read(_ device: TestDevice, _ scope: ScopeID) throws -> (marks: [Dot: String], hashes: Set<[UInt8]>) {
        var marks: [Dot: String] = [:]
        var hashes: Set<[UInt8]> = []
        for page in try pages(of: device) {
            marks = try page.marks(after: marks)
            for change in try page.segments(in: scope).flatMap({ try $0.changes() }) {
                guard let body = change.body else { continue }
                hashes.formUnion(try ChangeBody(decoding: body).edits.flatMap(\.erasedHashes).map(\.bytes))
            }
        }
        return (marks, hashes)
    }

    /// The stored bytes of which nothing may be left: those of the last third, where the texts are, that no segment that is
    /// kept has as well. Before it lies what many segments share, such as author and names of fields.
    private func pieces(_ segment: Segment, keeping kept: [Segment]) -> [[UInt8]] {
        stride(from: segment.body.count * 2 / 3, to: segment.body.count - 16, by: 8).map {
            Array(segment.body[$0..<($0 + 16)])
        }
        .filter { piece in !kept.contains { Data($0.body).range(of: Data(piece)) != nil } }
    }

    @Test func `an admin's order erases in every scope and from the file`() throws {
        var chain = ada.responses
        let before = try chain.segment([other("stays")])
        let erased = try chain.segment([answer("this is not to be read by anybody ever again 4711")])
        let dot = chain.dot
        let after = try chain.segment([other("stays too")])
        var office = reviewer.chain(in: ScopeID(.office, campaign))
        let note = try office.segment([.put("contact", person, "name", "Maria Stern, who asked for it")])
        #expect(try ada.sync(push: [before, erased, after]).refused.isEmpty)
        #expect(try reviewer.sync(push: [note]).refused.isEmpty)
        #expect(try relay.stores(erased.body))
        #expect(try relay.stores(Array(person.bytes.suffix(10))))
        #expect(try orderByAdmin().refused.isEmpty)
        let (marks, hashes) = try read(reviewer, chain.scope)
        #expect(marks == [dot: "erased", office.dot: "erased"])
        #expect(hashes == [Erasure.hash(of: person).bytes])
        #expect(try read(reviewer, office.scope).hashes == [Erasure.hash(of: person).bytes])
        let kept = try reviewer.sync().segments(in: chain.scope).filter { $0.replica == chain.replica }
        #expect(kept.map(\.after) == [before.after, erased.after, after.after], "the chain verifies")
        #expect(!(try relay.stores(erased.body)))
        #expect(!(try relay.stores(Array(person.bytes.suffix(10)))))
        let left = pieces(erased, keeping: [before, after]) + pieces(note, keeping: [before, after])
        #expect(left.count > 4)
        for piece in left { #expect(!(try relay.stores(piece))) }
        #expect(try ada.sync(push: [try chain.segment([other("goes on")])]).refused.isEmpty)
    }

    @Test func `of a long segment the erased change alone goes`() throws {
        var chain = ada.responses
        let edits = (0..<200).map { index in index == 77 ? answer("secret") : other("answer \(index)") }
        let segment = try chain.segment(edits)
        _ = try ada.sync(push: [segment])
        #expect(try orderByAdmin().refused.isEmpty)
        let kept = try #require(
            try reviewer.sync().segments(in: chain.scope).first { $0.replica == chain.replica })
        #expect(try kept.changes().map(\.hash) == segment.changes().map(\.hash))
        #expect(try kept.changes().filter { $0.body == nil }.map(\.sequence) == [78])
        #expect(!(try relay.stores(Array(person.bytes.suffix(10)))))
    }

    @Test func `the member who collected erases in their own scope alone`() throws {
        var (mine, theirs) = (ada.responses, bob.responses)
        _ = try ada.sync(push: [try mine.segment([answer("mine")])])
        let erased = mine.dot
        _ = try bob.sync(push: [try theirs.segment([answer("of the same person, collected by Bob")])])
        let edit = Erasure.edit(Erasure.hash(of: person), as: order)
        let pushed = try ada.sync(push: [try mine.segment([edit])])
        #expect(pushed.refused.isEmpty)
        #expect(try pushed.marks() == [erased: "erased"])
        #expect(try read(reviewer, mine.scope).marks == [erased: "erased"])
        #expect(try awaiting(in: mine.scope, by: reviewer) == [ada.id, reviewer.id])
    }

    @Test func `a stranger's order erases nothing`() throws {
        var (mine, theirs) = (ada.responses, reviewer.chain(in: ada.responses.scope))
        let segment = try mine.segment([answer("stays")])
        _ = try ada.sync(push: [segment])
        let edit = Erasure.edit(Erasure.hash(of: person), as: order)
        #expect(try reviewer.sync(push: [try theirs.segment([edit])]).refused.isEmpty)
        var office = reviewer.chain(in: ScopeID(.office, campaign))
        _ = try reviewer.sync(push: [try office.segment([edit])])
        #expect(try read(bob, mine.scope).marks.isEmpty)
        #expect(try reviewer.sync().segments(in: mine.scope).contains(segment))
        #expect(try ada.sync(push: [try mine.segment([answer("and goes on")])]).refused.isEmpty)
        #expect(Set(try read(reviewer, mine.scope).marks.values) == ["misplaced"])
    }

    @Test func `what comes later is erased on arrival and says so everywhere`() throws {
        #expect(try orderByAdmin().refused.isEmpty)
        var chain = ada.responses
        let late = try chain.segment([other("stays"), answer("an edit made offline, long before")])
        let pushed = try ada.sync(push: [late])
        #expect(pushed.refused.isEmpty)
        #expect(try pushed.marks() == [chain.dot: "erased"])
        let (marks, hashes) = try read(reviewer, chain.scope)
        #expect(marks == [chain.dot: "erased"])
        #expect(hashes == [Erasure.hash(of: person).bytes], "the scope learns of the order")
        #expect(!(try relay.stores(Array(person.bytes.suffix(10)))))
        #expect(try awaiting(in: roster, by: admin) == [ada.id], "who still holds it")
        _ = try ada.sync(push: [try chain.segment([answer("and once more")])])
        #expect(try read(reviewer, chain.scope).hashes.count == 1)
    }

    @Test func `quarantine is erased too`() throws {
        var chain = ada.responses
        let change = chain.change([answer("whole and readable in quarantine"), .put("survey", ada.id, "name", "x")])
        _ = try ada.sync(push: [try Segment([change], startingContext: VersionVector())])
        #expect(try relay.stores(Array("whole and readable in quarantine".utf8)))
        _ = try orderByAdmin()
        #expect(!(try relay.stores(Array("whole and readable in quarantine".utf8))))
        #expect(!(try relay.stores(person.bytes)))
        let late = chain.change([answer("late and misplaced"), .put("survey", ada.id, "name", "x")])
        _ = try ada.sync(push: [try Segment([late], startingContext: VersionVector())])
        #expect(!(try relay.stores(Array("late and misplaced".utf8))))
    }

    @Test func `each device is waited for until its bookmark has come by`() throws {
        var chain = ada.responses
        _ = try ada.sync(push: [try chain.segment([answer("x")])])
        let early = try reviewer.sync()
        let lost = try relay.device("reviewer", campaign: "Winter", name: "Lost")
        _ = try orderByAdmin()
        #expect(try awaiting(in: roster, by: admin) == [ada.id, reviewer.id, lost.id], "who may read the scope")
        let page = try reviewer.sync(bookmark: early.bookmark)
        #expect(try awaiting(in: roster, by: admin).contains(reviewer.id), "sent is not confirmed")
        let named = ScopeReport(scope: chain.scope, vector: VersionVector(), digest: nil)
        _ = try reviewer.sync(bookmark: page.bookmark, vectors: [named])
        #expect(try awaiting(in: roster, by: admin).contains(reviewer.id), "a scope by vector is not covered")
        _ = try reviewer.sync(bookmark: page.bookmark)
        #expect(try awaiting(in: roster, by: admin) == [ada.id, lost.id])
        _ = try relay.relay.revoke(lost.id.description)
        #expect(try awaiting(in: roster, by: admin) == [ada.id], "and nobody waits for a revoked device")
        _ = try ada.sync(bookmark: try ada.sync().bookmark)
        #expect(try awaiting(in: roster, by: admin).isEmpty)
    }

    @Test func `an order that a relay lost is obeyed again when it comes back`() throws {
        var chain = ada.responses
        _ = try ada.sync(push: [try chain.segment([answer("x"), other("y")])])
        try relay.copyFiles(as: "copy")
        _ = try orderByAdmin()
        let held = try admin.sync().sealed(in: roster)
        let marks = try reviewer.sync().sealed(in: chain.scope).filter { $0.replica != chain.replica }
        try relay.restoreFiles(from: "copy")
        #expect(try read(reviewer, chain.scope).marks.isEmpty)
        #expect(try reviewer.sync(push: marks).refused.isEmpty, "the marks alone are enough")
        #expect(try read(reviewer, chain.scope).marks.values.sorted() == ["erased"])
        #expect(!(try relay.stores(Array(person.bytes.suffix(10)))))
        try relay.restoreFiles(from: "copy")
        #expect(try admin.sync(push: held).refused.isEmpty)
        #expect(try read(reviewer, chain.scope).marks.values.sorted() == ["erased"], "and so is the order")
        #expect(try awaiting(in: roster, by: admin).contains(reviewer.id))
        #expect(!(try relay.stores(Array(person.bytes.suffix(10)))))
    }

    @Test func `two orders for one person are one erasure`() throws {
        var chain = ada.responses
        _ = try ada.sync(push: [try chain.segment([answer("x")])])
        _ = try orderByAdmin()
        let edit = Erasure.edit(Erasure.hash(of: person), as: relay.newID())
        #expect(try ada.sync(push: [try chain.segment([edit])]).refused.isEmpty)
        #expect(try read(reviewer, chain.scope).marks.count == 1)
    }
}
