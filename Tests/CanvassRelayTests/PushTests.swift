import CanvassCRDT
import CanvassCoding
import CanvassWire
import Testing

@Suite final class PushTests: WinterCampaign {
    private func reason(_ answer: SyncAnswer) -> RefusalReason? {
        answer.refused.first.flatMap { RefusalReason(rawValue: $0.reason) }
    }

    @Test func `what one device pushes another pulls byte for byte`() throws {
        var chain = ada.responses
        let segments = [try chain.segment(count: 3), try chain.segment()]
        let pushed = try ada.sync(push: segments)
        #expect(pushed.refused.isEmpty)
        #expect(pushed.vector(of: chain.scope) == chain.vector)
        #expect(try pushed.segments(in: chain.scope).isEmpty, "what this request pushed does not come back")
        let pulled = try reviewer.sync()
        #expect(try pulled.segments(in: chain.scope) == segments)
        #expect(pulled.vector(of: chain.scope) == chain.vector)
    }

    @Test func `a push that is repeated is neither stored twice nor refused`() throws {
        var chain = ada.responses
        let segment = try chain.segment(count: 3)
        _ = try ada.sync(push: [segment])
        #expect(try ada.sync(push: [segment, segment]).refused.isEmpty)
        #expect(try reviewer.sync().segments(in: chain.scope) == [segment])
    }

    @Test(arguments: 1...4) func `of an overlapping segment only the tail is stored`(heldCount: Int) throws {
        var (short, long) = (ada.responses, ada.responses)
        _ = try ada.sync(push: [try short.segment(count: heldCount)])
        let whole = try long.segment(count: 5)
        #expect(try ada.sync(push: [whole]).refused.isEmpty)
        let stored = try reviewer.sync().segments(in: long.scope)
        #expect(stored.map(\.firstSequence) == [1, UInt64(heldCount) + 1])
        #expect(try stored.flatMap { try $0.changes() } == whole.changes())
        #expect(
            try ada.sync(vectors: [ScopeReport(scope: long.scope, vector: long.vector, digest: nil)])
                .segments(in: long.scope).isEmpty)
    }

    @Test func `a segment whose predecessor is missing is a gap and fits once it came`() throws {
        var chain = ada.responses
        let (first, second) = (try chain.segment(), try chain.segment())
        let refused = try ada.sync(push: [second])
        #expect(reason(refused) == .gap)
        #expect(refused.refused.first?.firstSequence == 2)
        #expect(refused.vector(of: chain.scope) == VersionVector(), "the answer says where to push from")
        #expect(try ada.sync(push: [first, second]).refused.isEmpty)
    }

    @Test func `a campaign whose first push is refused is not made, and is pushed from the start`() throws {
        var design = admin.chain(in: ScopeID(.design, relay.newID()))
        let (first, second) = (try design.segment(), try design.segment())
        let refused = try admin.sync(push: [second])
        #expect(reason(refused) == .gap)
        #expect(refused.vector(of: design.scope) == VersionVector(), "the answer says where to push from")
        let before = try #require(try admin.sync().roster)
        #expect(!before.scopes.contains { $0.scope == design.scope })
        #expect(try admin.sync(push: [first, second]).refused.isEmpty)
        let after = try #require(try admin.sync().roster)
        #expect(after.scopes.contains { $0.scope == design.scope })
    }

    @Test func `a change made on something the relay does not hold is a gap`() throws {
        var (mine, theirs) = (reviewer.chain(in: ada.responses.scope), ada.responses)
        let unseen = try theirs.segment()
        let reply = try mine.segment(seeing: theirs.vector)
        #expect(reason(try reviewer.sync(push: [reply])) == .gap)
        _ = try ada.sync(push: [unseen])
        #expect(try reviewer.sync(push: [reply]).refused.isEmpty)
    }

    @Test func `a context may name a change in the middle of a segment`() throws {
        var theirs = ada.responses
        _ = theirs.change([.put("future", ada.id, "value", 1)])
        let inner = theirs.vector
        theirs = ada.responses
        _ = try ada.sync(push: [
            try theirs.segment([
                .put("future", ada.id, "value", 1), .put("future", ada.id, "value", 2),
                .put("future", ada.id, "value", 3),
            ])
        ])
        var mine = reviewer.chain(in: theirs.scope)
        #expect(try reviewer.sync(push: [mine.segment(seeing: inner)]).refused.isEmpty)
        var wrong = inner
        wrong[ada.replica] = [VersionVector.Tip(sequence: 2, check: 42)]
        #expect(reason(try reviewer.sync(push: [mine.segment(seeing: wrong)])) == .gap)
    }

    @Test func `a starting context that is not the chain's is invalid`() throws {
        var (mine, theirs) = (reviewer.chain(in: ada.responses.scope), ada.responses)
        _ = try ada.sync(push: [try theirs.segment()])
        _ = try reviewer.sync(push: [try mine.segment(seeing: theirs.vector)])
        let change = mine.change([.put("future", ada.id, "value", 1)])
        let lying = try Segment([change], startingContext: VersionVector())
        #expect(reason(try reviewer.sync(push: [lying])) == .invalid)
        let honest = try Segment([change], startingContext: mine.context)
        #expect(try reviewer.sync(push: [honest]).refused.isEmpty)
    }

    @Test func `a change that another device made is refused`() throws {
        var forged = reviewer.chain(in: ada.responses.scope)
        forged.author = ada.id
        #expect(reason(try reviewer.sync(push: [forged.segment()])) == .unproven)
        #expect(try ada.sync().segments(in: forged.scope).isEmpty)
    }

    @Test func `a damaged segment is refused while the next is taken`() throws {
        var chain = ada.responses
        var damaged = try chain.segment(count: 2)
        var other = Chain(scope: chain.scope, replica: ReplicaID(rawValue: 77), author: ada.id)
        let sound = try other.segment()
        damaged.body[damaged.body.count - 1] ^= 1
        let answer = try ada.sync(push: [damaged, sound])
        #expect(answer.refused.count == 1)
        #expect(reason(answer) == .invalid)
        #expect(try reviewer.sync().segments(in: chain.scope) == [sound])
    }

    @Test func `every flipped byte of a segment is refused or leaves the changes as they were`() throws {
        var chain = ada.responses
        let segment = try chain.segment(count: 2)
        let bytes = segment.encoded
        var push: [[UInt8]] = []
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 0x01
            push.append(flipped)
        }
        let request = SyncRequest(
            bookmark: nil, vectors: [], reports: [], push: push, roster: 0, clock: relay.now, pageBytes: 1 << 20)
        let answer = try ada.sync(request)
        #expect(answer.refused.count >= push.count - 1)
        for stored in try reviewer.sync().segments(in: chain.scope) {
            #expect(try stored.changes() == segment.changes())
        }
    }

    @Test func `bytes that are no segment are refused by their place in the push`() throws {
        let answer = try ada.sync(
            SyncRequest(
                bookmark: nil, vectors: [], reports: [], push: [[], [0x80], Array("nonsense".utf8)], roster: 0,
                clock: relay.now, pageBytes: 1 << 20))
        #expect(answer.refused.count == 3)
        #expect(answer.refused.allSatisfy { $0.reason == RefusalReason.invalid.rawValue })
        #expect(answer.refused.map(\.item) == [0, 1, 2])
        #expect(answer.refused.allSatisfy { $0.scope.kind == .roster })
    }

    @Test func `a damaged segment is named by its header as far as that can be read`() throws {
        var chain = ada.responses
        _ = try chain.segment()
        let bytes = try chain.segment().encoded
        let answer = try ada.sync(
            SyncRequest(
                bookmark: nil, vectors: [], reports: [], push: [Array(bytes.dropLast(40))], roster: 0,
                clock: relay.now, pageBytes: 1 << 20))
        let refusal = try #require(answer.refused.first)
        #expect(refusal.scope == chain.scope)
        #expect(refusal.replica == chain.replica)
        #expect(refusal.firstSequence == 2)
    }

    @Test func `a copied database keeps both of its branches`() throws {
        var original = ada.responses
        let common = try original.segment(count: 3)
        var copy = original
        let (left, right) = (try original.segment(text: "left"), try copy.segment(count: 2, text: "right"))
        let answer = try ada.sync(push: [common, left, right])
        #expect(answer.refused.isEmpty)
        var both = VersionVector()
        both[ada.replica] = [original.tip, copy.tip]
        #expect(answer.vector(of: original.scope) == both)
        #expect(try reviewer.sync().segments(in: original.scope) == [common, left, right])
        #expect(try ada.sync(push: [original.segment(), copy.segment()]).refused.isEmpty, "both go on")
        let held = ScopeReport(scope: original.scope, vector: original.vector, digest: nil)
        let missing = try reviewer.sync(vectors: [held]).segments(in: original.scope)
        #expect(missing.map(\.firstSequence) == [4, 6], "the branch that the vector does not name, and only that")
        let other = ScopeReport(scope: copy.scope, vector: copy.vector, digest: nil)
        #expect(try reviewer.sync(vectors: [other]).segments(in: copy.scope).map(\.firstSequence) == [4, 5])
    }

    @Test func `a fork in the middle of a segment is found`() throws {
        var original = ada.responses
        let start = original.context
        let changes = (0..<4).map { original.change([.put("future", ada.id, "value", .integer($0))]) }
        _ = try ada.sync(push: [try Segment(changes, startingContext: start)])
        var copy = ada.responses
        for index in 0..<2 { _ = copy.change([.put("future", ada.id, "value", .integer(Int64(index)))]) }
        let fork = try copy.segment(text: "fork")
        let answer = try ada.sync(push: [fork])
        #expect(answer.refused.isEmpty)
        #expect(answer.vector(of: copy.scope)?[ada.replica] == [copy.tip, original.tip])
        var strange = ada.responses
        _ = strange.change([.put("future", ada.id, "value", 99)])
        #expect(reason(try ada.sync(push: [strange.segment()])) == .gap)
    }

    @Test func `only an admin makes a campaign`() throws {
        let design = ScopeID(.design, relay.newID())
        let designer = try relay.device("designer", campaign: "Winter")
        var chain = designer.chain(in: design)
        #expect(reason(try designer.sync(push: [chain.segment()])) == .forbidden)
        var own = admin.chain(in: design)
        #expect(try admin.sync(push: [own.segment()]).refused.isEmpty)
        let scopes = try #require(try admin.sync().roster).scopes.map(\.scope)
        #expect(scopes.contains(design))
        #expect(scopes.contains(ScopeID(.office, design.id)))
    }

    @Test func `a team in the design gets a scope and a name`() throws {
        let designer = try relay.device("designer", campaign: "Winter")
        let team = relay.newID()
        var chain = designer.chain(in: ScopeID(.design, campaign))
        let answer = try designer.sync(push: [chain.segment([.put("team", team, "name", "North")])])
        let roster = try #require(answer.roster)
        #expect(roster.teams.map(\.name) == ["North"])
        let supervisor = try relay.device("supervisor", campaign: "Winter", team: "North")
        var contacts = supervisor.chain(in: ScopeID(.team, team))
        #expect(try supervisor.sync(push: [contacts.segment()]).refused.isEmpty)
    }
}
