import CanvassCRDT
import CanvassCoding
import CanvassWire
import Testing

/// Who may bring what: the seals of devices and of the relay, and certificates.
@Suite final class ProofTests: WinterCampaign {
    @Test func `an answer says where the log ends and seals the tips it tells of`() throws {
        var chain = ada.responses
        let answer = try ada.sync(push: [try chain.segment(count: 3)])
        #expect(answer.position > 3)
        #expect(answer.seals.map(\.scope).sorted() == answer.scopes.map(\.scope).sorted(), "one tip each")
        let seal = try #require(answer.seals.first { $0.scope == chain.scope })
        #expect(seal.dot == chain.dot)
        #expect(seal.voidListHash == VoidList.hash([]))
        #expect(try ada.sync(bookmark: answer.bookmark).seals.isEmpty, "nothing told, nothing sealed")
        let roster = try #require(answer.rosterSeal.flatMap { RosterSeal(unchecked: $0) })
        #expect(roster.changeCount > 4, "an invite and a join for each device")
        _ = try relay.invite("admin")
        let later = try #require(try ada.sync().rosterSeal.flatMap { RosterSeal(unchecked: $0) })
        #expect(later.changeCount == roster.changeCount + 1)
    }

    @Test func `any carrier brings what a device has sealed`() throws {
        var chain = ada.responses
        let segments = [ada.sealed(try chain.segment(count: 2)), ada.sealed(try chain.segment())]
        #expect(try bob.sync(push: segments).refused.isEmpty, "even one that may not read it")
        #expect(try reviewer.sync().segments(in: chain.scope) == segments)
        #expect(try bob.sync().segments(in: chain.scope).isEmpty)
        #expect(try bob.sync(push: segments).refused.isEmpty, "and once more")
    }

    @Test func `what is held needs no proof any more`() throws {
        var chain = ada.responses
        let segment = try chain.segment()
        _ = try ada.sync(push: [segment])
        #expect(try bob.sync(push: [segment]).refused.isEmpty)
    }

    @Test func `a seal that does not hold proves nothing`() throws {
        var chain = ada.responses
        let (first, second) = (try chain.segment(), try chain.segment())
        var other = ada.chain(in: ScopeID(.responses, bob.member))
        let elsewhere = ada.sealed(try other.segment())
        var copy = ada.responses
        let branch = ada.sealed(try copy.segment(text: "another branch"))
        var forged: [Segment] = []
        for seal in [
            nil, [UInt8](repeating: 0, count: 16), elsewhere.seals.device, branch.seals.device,
            ada.sealed(second).seals.device, bob.sealed(first).seals.device,
        ] {
            var segment = first
            segment.seals.device = seal
            forged.append(segment)
        }
        let answer = try bob.sync(push: forged)
        #expect(answer.reasons == .init(repeating: .unproven, count: forged.count))
        #expect(answer.refused.map(\.item) == forged.indices.map { UInt64($0) })
        #expect(try reviewer.sync().segments(in: chain.scope).isEmpty)
        #expect(try ada.sync(push: [first, second]).refused.isEmpty, "and costs its author nothing")
    }

    @Test func `a device seal proves one author only`() throws {
        var chain = ada.responses
        let first = chain.change([.put("future", ada.id, "value", 1)])
        chain.author = bob.id
        let second = chain.change([.put("future", ada.id, "value", 2)])
        let segment = bob.sealed(try Segment([first, second], startingContext: VersionVector()))
        #expect(try bob.sync(push: [segment]).reasons == [.unproven])
        #expect(try ada.sync(push: [ada.sealed(segment)]).reasons == [.unproven])
    }

    @Test func `nobody writes on the relay's own replica or in its name`() throws {
        var chain = ada.responses
        _ = try ada.sync(push: [try chain.segment([.put("survey", ada.id, "name", "x")])])
        let page = try ada.sync().segments(in: chain.scope)
        let mark = try #require(page.first { $0.replica != chain.replica })
        var forged = Chain(scope: chain.scope, replica: mark.replica, author: ada.id)
        forged.adopt(try #require(try mark.changes().first))
        #expect(try ada.sync(push: [try forged.segment()]).reasons == [.forbidden])
        var fork = Chain(scope: chain.scope, replica: mark.replica, author: ada.id)
        let organisation = try #require(try admin.sync().roster?.organisation)
        fork.author = organisation
        let segment = try fork.segment([EntityEdit.marks(on: [(chain.dot, .erased)], by: organisation)])
        #expect(try ada.sync(push: [ada.sealed(segment)]).reasons == [.unproven])
    }

    // MARK: Certificates

    /// A relay of the same organisation that never heard of anybody, and a carrier it knows.
    private func emptyRelay() throws -> (relay: TestRelay, carrier: TestDevice) {
        let empty = try TestRelay()
        empty.reseed(99)
        return (empty, try empty.device("admin"))
    }

    @Test func `a device that is not known here waits until its certificate comes`() throws {
        let (empty, carrier) = try emptyRelay()
        var chain = ada.responses
        let segment = ada.sealed(try chain.segment())
        #expect(try carrier.sync(push: [segment]).reasons == [.unknownAuthor])
        let answer = try carrier.sync(push: [segment], certificates: [ada.certificate])
        #expect(answer.refused.isEmpty)
        let person = try #require(try carrier.sync().roster).people.first { $0.name == "Ada" }
        #expect(person?.devices == [ada.id])
        #expect(try carrier.sync(push: [ada.sealed(try chain.segment())]).refused.isEmpty, "once for all")
        _ = empty
    }

    @Test func `a certificate that this organisation did not make enrols nobody`() throws {
        let (empty, carrier) = try emptyRelay()
        let foreign = try TestRelay(seed: 8)
        let stranger = try foreign.device("admin")
        var chain = ada.responses
        let segment = ada.sealed(try chain.segment())
        var altered = ada.certificate
        altered[altered.count / 2] ^= 1
        var resealed = ada.certificate
        resealed[resealed.count - 1] ^= 1
        for certificate in [altered, resealed, stranger.certificate, bob.certificate, [], Array("nonsense".utf8)] {
            let answer = try carrier.sync(push: [segment], certificates: [certificate])
            #expect(answer.reasons == [.unknownAuthor])
        }
        let people = try #require(try carrier.sync().roster).people
        #expect(people.count == 1, "the carrier alone")
        _ = empty
    }

    @Test func `every flipped bit of a certificate is no certificate`() throws {
        let (empty, carrier) = try emptyRelay()
        var chain = ada.responses
        let segment = ada.sealed(try chain.segment())
        let flipped = ada.certificate.indices.map { index in
            var bytes = ada.certificate
            bytes[index] ^= 0x10
            return bytes
        }
        #expect(try carrier.sync(push: [segment], certificates: flipped).reasons == [.unknownAuthor])
        #expect(try #require(try carrier.sync().roster).people.count == 1)
        _ = empty
    }

    // MARK: The relay's own seal

    @Test func `a relay that lost changes takes them back from whoever has its seal`() throws {
        try relay.copyFiles(as: "copy")
        var chain = ada.responses
        _ = try ada.sync(push: [try chain.segment(count: 3)])
        var theirs = reviewer.chain(in: chain.scope)
        _ = try reviewer.sync(push: [try theirs.segment(seeing: chain.vector)])
        let held = try reviewer.sync().sealed(in: chain.scope)
        try relay.restoreFiles(from: "copy")
        #expect(try bob.sync(push: held).refused.isEmpty, "whoever it is")
        #expect(try reviewer.sync().segments(in: chain.scope).map(\.after) == held.map(\.after))
        #expect(try ada.sync(push: [try chain.segment()]).refused.isEmpty, "and its author goes on behind them")
    }

    @Test func `a relay's seal holds for its scope and its chain alone`() throws {
        try relay.copyFiles(as: "copy")
        var chain = ada.responses
        _ = try ada.sync(push: [try chain.segment()])
        let sealed = try #require(try reviewer.sync().sealed(in: chain.scope).first)
        var longer = ada.responses
        var other = ada.chain(in: ScopeID(.responses, bob.member))
        var attempts = [try longer.segment(count: 2), try other.segment(), sealed, sealed, sealed]
        attempts[0].seals = sealed.seals
        attempts[1].seals = sealed.seals
        attempts[2].seals.relay?[0] ^= 1
        attempts[3].seals.voidListHash?[0] ^= 1
        attempts[4].seals.voidListHash = nil
        try relay.restoreFiles(from: "copy")
        #expect(try bob.sync(push: attempts).reasons == .init(repeating: .unproven, count: attempts.count))
    }
}
