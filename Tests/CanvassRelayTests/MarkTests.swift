import CanvassCRDT
import CanvassCoding
import CanvassRelay
import CanvassWire
import Testing

/// Changes that may not take effect: kept without their bodies, behind a mark.
@Suite final class MarkTests: WinterCampaign {
    private func note(_ text: String) -> EntityEdit { .put("note", ada.id, "text", .text(text)) }

    /// The marks that a reviewer reads, page by page, and how many changes came without a body.
    private func read(pageBytes: UInt64 = 1 << 20) throws -> (marks: [Dot: String], bodiless: Int) {
        var marks: [Dot: String] = [:]
        var bodiless = 0
        for answer in try pages(of: reviewer, pageBytes: pageBytes) {
            marks = try answer.marks(after: marks)
            bodiless += try answer.decoded().flatMap { try $0.changes() }.count { $0.body == nil }
        }
        return (marks, bodiless)
    }

    @Test func `a kind outside its scopes is void and an unknown kind is not`() throws {
        var chain = ada.responses
        let misplaced = try chain.segment([.put("survey", ada.id, "name", "secret-of-ada")])
        let dot = chain.dot
        let honest = try chain.segment([.put("hologram", ada.id, "name", "x"), note("y")])
        let pushed = try ada.sync(push: [misplaced, honest])
        #expect(pushed.refused.isEmpty)
        #expect(pushed.vector(of: chain.scope)?[chain.replica] == [chain.tip], "it keeps its place")
        #expect(try pushed.marks() == [dot: "misplaced"], "its author hears of it at once")
        let (marks, bodiless) = try read()
        #expect(marks == [dot: "misplaced"])
        #expect(bodiless == 1)
        let seal = try #require(pushed.seals.first { $0.dot == chain.dot })
        #expect(seal.voidListHash == VoidList.hash([VersionVector.Tip(sequence: dot.sequence, check: dot.check)]))
        #expect(try relay.stores(Array("secret-of-ada".utf8)), "the body rests in quarantine")
        let replica = try #require(pushed.scopes.first { $0.scope == chain.scope }).vector.replicas
        #expect(replica.count == 2, "the relay's own is one of the scope's now")
    }

    @Test(arguments: [UInt64(0), 300, 1 << 20]) func `marks lead whatever the size of a page`(pageBytes: UInt64) throws
    {
        var chain = ada.responses
        var void: Set<Dot> = []
        for index in 0..<12 {
            let isVoid = index % 3 == 0
            let edit = isVoid ? EntityEdit.put("survey", ada.id, "name", "x") : note("\(index)")
            #expect(try ada.sync(push: [try chain.segment([edit])]).refused.isEmpty)
            if isVoid { void.insert(chain.dot) }
        }
        let (marks, bodiless) = try read(pageBytes: pageBytes)
        #expect(Set(marks.keys) == void)
        #expect(bodiless == void.count)
        let named = ScopeReport(scope: chain.scope, vector: VersionVector(), digest: nil)
        #expect(try Set(reviewer.sync(vectors: [named]).marks().keys) == void)
    }

    @Test func `what the relay alone may write is void when a device writes it`() throws {
        let organisation = try #require(try admin.sync().roster?.organisation)
        var chain = ada.responses
        _ = chain.change([note("first")])
        let target = chain.dot
        chain = ada.responses
        var office = reviewer.chain(in: ScopeID(.office, campaign))
        let erasure = Erasure.edit(Erasure.hash(of: ada.id), as: relay.newID())
        let segment = try chain.segment([note("first"), EntityEdit.marks(on: [(target, .erased)], by: organisation)])
        #expect(try ada.sync(push: [segment]).refused.isEmpty)
        #expect(try reviewer.sync(push: [try office.segment([erasure])]).refused.isEmpty)
        var theirs = reviewer.chain(in: chain.scope)
        #expect(try reviewer.sync(push: [try theirs.segment([erasure])]).refused.isEmpty, "they did not collect it")
        let (marks, _) = try read()
        #expect(marks.values.sorted() == ["misplaced", "misplaced", "misplaced"])
        #expect(marks[target] == nil, "a mark by anybody else marks nothing")
    }

    @Test func `marks that every replica would take for the relay's are refused`() throws {
        var chain = ada.responses
        let honest = try chain.segment([note("first")])
        let marks = try chain.segment([EntityEdit.marks(on: [(chain.dot, .erased)], by: ada.id)])
        #expect(try ada.sync(push: [honest, marks]).reasons == [.invalid])
        #expect(try bob.sync(push: [ada.sealed(marks)]).reasons == [.invalid])
        #expect(try read().marks.isEmpty)
    }

    @Test func `an unreadable body is void and what follows it is not`() throws {
        var chain = ada.responses
        let head = ChangeHead(contextDifference: VersionVector(), stamp: Stamp(milliseconds: 1), author: ada.id)
        let broken = Change(
            scope: chain.scope, replica: chain.replica, sequence: 1, previous: chain.hash, head: head.encoded,
            body: Array("no change".utf8))
        chain.adopt(broken)
        let segment = try Segment([broken, chain.change([note("y")])], startingContext: VersionVector())
        #expect(try ada.sync(push: [segment]).refused.isEmpty)
        let (marks, bodiless) = try read()
        #expect(marks == [broken.dot: "unreadable"])
        #expect(bodiless == 1)
    }

    @Test func `what is carried of a revoked device is void`() throws {
        var chain = ada.responses
        let segment = ada.sealed(try chain.segment(count: 2))
        _ = try relay.relay.revoke(ada.id.description)
        #expect(try bob.sync(push: [segment]).refused.isEmpty)
        let (marks, bodiless) = try read()
        #expect(Set(marks.values) == ["revoked"])
        #expect(bodiless == 2)
    }

    @Test func `what its author may not write is refused from it and void when it is carried`() throws {
        var chain = ada.chain(in: ScopeID(.office, campaign))
        let segment = ada.sealed(try chain.segment())
        #expect(try ada.sync(push: [segment]).reasons == [.forbidden])
        #expect(try bob.sync(push: [segment]).refused.isEmpty)
        let (marks, _) = try read()
        #expect(marks == [chain.dot: "forbidden"])
    }

    @Test func `a misplaced change of the design names nothing`() throws {
        let designer = try relay.device("designer", campaign: "Winter")
        var design = designer.chain(in: ScopeID(.design, campaign))
        let edits = [
            EntityEdit.put("campaign", campaign, "name", "Stolen"), EntityEdit.put("contact", campaign, "name", "x"),
        ]
        let change = design.change(edits)
        #expect(try designer.sync(push: [try Segment([change], startingContext: VersionVector())]).refused.isEmpty)
        #expect(try read().marks == [change.dot: "misplaced"])
        _ = try relay.invite("collector", campaign: "Winter")
    }

    @Test func `thousands of void changes are all marked`() throws {
        var chain = ada.responses
        let segment = try chain.segment((0..<2500).map { .put("survey", ada.id, "name", .integer($0)) })
        #expect(try ada.sync(push: [segment]).refused.isEmpty)
        let (marks, bodiless) = try read(pageBytes: 1000)
        #expect(marks.count == 2500)
        #expect(bodiless == 2500)
    }

    // MARK: Changes without a body, and carriers who leave marks out

    /// Ada's three changes, the first of them void, as Rosa has them sealed; and a relay that knows nothing of it.
    private func lost() throws -> (void: Dot, marks: [Segment], stripped: [Segment], whole: Segment) {
        try relay.copyFiles(as: "copy")
        var chain = ada.responses
        var whole = try chain.segment([.put("survey", ada.id, "name", "x"), note("y"), note("z")])
        let void = try #require(try whole.changes().first).dot
        #expect(try ada.sync(push: [whole]).refused.isEmpty)
        let held = try reviewer.sync().sealed(in: chain.scope)
        let marks = held.filter { $0.replica != chain.replica }
        let stripped = held.filter { $0.replica == chain.replica }
        #expect(marks.count == 1)
        whole.seals = try #require(stripped.first).seals
        try relay.restoreFiles(from: "copy")
        return (void, marks, stripped, whole)
    }

    @Test func `a change without its body is taken behind its mark alone`() throws {
        let (void, marks, stripped, _) = try lost()
        #expect(try bob.sync(push: stripped).reasons == [.unmarked])
        #expect(try bob.sync(push: marks + stripped).refused.isEmpty)
        let (found, bodiless) = try read()
        #expect(found == [void: "misplaced"])
        #expect(bodiless == 1)
    }

    @Test func `its author brings it back without its body too`() throws {
        let (void, marks, stripped, _) = try lost()
        #expect(try ada.sync(push: marks + stripped).refused.isEmpty)
        #expect(try read().marks == [void: "misplaced"])
    }

    @Test func `a carrier who leaves marks out brings nothing back to life`() throws {
        let (void, marks, _, whole) = try lost()
        #expect(try bob.sync(push: [whole]).reasons == [.unmarked])
        #expect(try bob.sync(push: marks + [whole]).refused.isEmpty)
        let (found, bodiless) = try read()
        #expect(found == [void: "misplaced"])
        #expect(bodiless == 1, "though it came with its body")
    }

    @Test func `a mark that comes after its change drops the body then`() throws {
        try relay.copyFiles(as: "copy")
        var chain = ada.responses
        let segment = try chain.segment(count: 3)
        _ = try relay.relay.revoke(ada.id.description)
        #expect(try bob.sync(push: [ada.sealed(segment)]).refused.isEmpty)
        let marks = try reviewer.sync().sealed(in: chain.scope).filter { $0.replica != chain.replica }
        try relay.restoreFiles(from: "copy")
        #expect(try ada.sync(push: [segment]).refused.isEmpty, "this relay knows of no revocation")
        #expect(try read().bodiless == 0)
        #expect(try bob.sync(push: marks).refused.isEmpty)
        let (found, bodiless) = try read()
        #expect(Set(found.values) == ["revoked"])
        #expect(bodiless == 3)
        #expect(try ada.sync(push: [try chain.segment()]).refused.isEmpty)
    }

    @Test func `a wrong void list is refused and costs nothing`() throws {
        let (_, marks, stripped, _) = try lost()
        var lying = stripped
        lying[0].seals.voidListHash = VoidList.hash([])
        #expect(try bob.sync(push: marks + lying).reasons == [.unproven], "the seal covers the list")
        #expect(try bob.sync(push: stripped).refused.isEmpty)
    }

    @Test func `a change without a body that no mark names is refused from its author`() throws {
        var chain = ada.responses
        let change = chain.change([note("x")])
        let bare = Change(
            scope: change.scope, replica: change.replica, sequence: 1, previous: change.previous, head: change.head,
            bodyHash: change.bodyHash)
        let segment = try Segment([bare], startingContext: VersionVector())
        #expect(try ada.sync(push: [segment]).reasons == [.unmarked])
        #expect(try bob.sync(push: [ada.sealed(segment)]).reasons == [.unmarked])
    }
}
