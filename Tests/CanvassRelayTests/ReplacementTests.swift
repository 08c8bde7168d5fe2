import CanvassCRDT
import CanvassCoding
import CanvassRelay
import CanvassWire
import Testing

/// Tokens that leaked and devices that are lost.
@Suite final class ReplacementTests: WinterCampaign {
    private func problem(_ body: () throws -> Void) -> Problem.Kind? {
        do {
            try body()
            return nil
        } catch {
            return (error as? Problem)?.kind
        }
    }

    @Test func `a token ends, and its device alone gets the next`() throws {
        var chain = ada.responses
        let before = ada.sealed(try chain.segment())
        let thief = ada
        #expect(try relay.relay.rotate(ada.id.description).name == "Ada")
        #expect(problem { _ = try thief.sync() } == .unknownToken)
        var forger = ada
        #expect(problem { try forger.joinAgain(joinKey: .init(repeating: 7, count: 16)) } == .joinKeyMismatch)
        #expect(problem { _ = try thief.sync() } == .unknownToken, "until the device has come, none is good")
        var back = ada
        let answer = try back.joinAgain()
        #expect(answer.deviceKey == ada.deviceKey, "what it sealed stays proved")
        #expect(back.token != ada.token)
        #expect(try back.sync(push: [chain.segment(seeing: VersionVector())]).reasons == [.gap])
        #expect(try bob.sync(push: [before]).refused.isEmpty)
        #expect(problem { _ = try thief.sync() } == .unknownToken)
        #expect(try back.joinAgain().token == answer.token, "asked again, the same")
        // A second time.
        _ = try relay.relay.rotate(ada.id.description)
        #expect(problem { _ = try back.sync() } == .unknownToken)
        var third = back
        try third.joinAgain(certificate: answer.certificate)
        #expect(Set([ada.token, back.token, third.token]).count == 3)
        _ = try third.sync()
    }

    @Test func `what a rotation ended stays ended on a relay that lost everything`() throws {
        _ = try relay.relay.rotate(ada.id.description)
        var back = ada
        let answer = try back.joinAgain()
        try relay.wipe(recovering: relay.relay.recoverySheet)
        var boss = admin
        try boss.joinAgain()
        _ = try relay.relay.acceptRoster()
        var again = back
        try again.joinAgain(certificate: answer.certificate)
        #expect(again.token == back.token)
        #expect(problem { _ = try self.ada.sync() } == .unknownToken)
    }

    @Test func `the roster brings a rotation back, too`() throws {
        _ = try relay.relay.rotate(ada.id.description)
        let roster = try pages(of: admin).flatMap { try $0.decoded() }.filter { $0.scope.kind == .roster }
        try relay.wipe(recovering: relay.relay.recoverySheet)
        var boss = admin
        try boss.joinAgain()
        #expect(try boss.sync(push: roster).refused.isEmpty)
        _ = try relay.relay.acceptRoster()
        #expect(problem { _ = try self.ada.sync() } == .unknownToken)
        var back = ada
        try back.joinAgain()
        #expect(back.token != ada.token)
        _ = try back.sync()
    }

    @Test func `only devices that are enrolled have a token to replace`() throws {
        #expect(throws: RelayFailure.self) { try self.relay.relay.rotate(self.ada.member.description) }
        _ = try relay.relay.revoke(ada.id.description)
        #expect(throws: RelayFailure.self) { try self.relay.relay.rotate(self.ada.id.description) }
    }

    @Test func `a new device of the same member gets what the lost one had, and its reviews`() throws {
        var chain = ada.responses
        #expect(try ada.sync(push: [chain.segment([.put("response", ada.id, "nps", 9)])]).refused.isEmpty)
        var reviews = reviewer.chain(in: chain.scope)
        let review = try reviews.segment([.put("review", ada.id, "state", "returned")], seeing: chain.vector)
        #expect(try reviewer.sync(push: [review]).refused.isEmpty)
        let replaced = try relay.relay.replace(ada.id.description, common: InviteOrder(roles: []))
        #expect(replaced.links.map(\.name) == ["Ada"])
        #expect(problem { _ = try self.ada.sync() } == .deviceRevoked)
        var tablet = TestDevice(relay)
        try tablet.join(String(replaced.links[0].invite.link.split(separator: "#").last ?? ""))
        #expect(tablet.member == ada.member)
        let segments = try tablet.sync().segments(in: chain.scope)
        #expect(segments.count == 2 && segments.contains(review))
        var own = tablet.chain(in: chain.scope)
        #expect(try tablet.sync(push: [own.segment()]).refused.isEmpty, "and goes on writing there")
        var second = TestDevice(relay)
        #expect(
            problem { try second.join(String(replaced.links[0].invite.link.split(separator: "#").last ?? "")) }
                == .inviteUsedUp)
    }

    @Test func `a device of several members is replaced for each`() throws {
        var tablet = ada
        try tablet.join(relay.invite("reviewer", campaign: "Winter", team: "North"))
        let names = try relay.relay.replace(ada.id.description, common: InviteOrder(roles: [])).links.map(\.name)
        #expect(names.first == "Ada" && !names.isEmpty)
        _ = try relay.relay.revoke(bob.member.description)
        #expect(throws: RelayFailure.self) {
            try self.relay.relay.replace(self.bob.id.description, common: InviteOrder(roles: []))
        }
    }

    // MARK: What a revoked device had not synced

    private func bundle(_ segments: [Segment]) -> Bundle {
        Bundle(
            header: BundleHeader(organisation: organisation, device: ada.id, replica: ada.replica, made: 0),
            certificates: [ada.certificate], segments: segments.map(\.encoded))
    }

    @Test(arguments: [true, false]) func `what a revoked device kept enters when the operator takes it`(
        isMember: Bool
    ) throws {
        var chain = ada.responses
        #expect(try ada.sync(push: [chain.segment()]).refused.isEmpty)
        let kept = [ada.sealed(try chain.segment(count: 2)), ada.sealed(try chain.segment(text: "last"))]
        _ = try relay.relay.revoke((isMember ? ada.member : ada.id).description)
        #expect(problem { _ = try self.ada.sync(push: kept) } == .deviceRevoked)
        let acceptance = try relay.relay.accept(bundle(kept))
        #expect(acceptance.taken == 3 && acceptance.void == 0 && acceptance.refused.isEmpty)
        #expect(try reviewer.sync().segments(in: chain.scope).suffix(2).map { $0.count } == [2, 1])
        #expect(try reviewer.sync().marks().isEmpty)
        let again = try relay.relay.accept(bundle(kept))
        #expect(again.taken == 0 && again.held == 3 && again.void == 0)
    }

    @Test func `only what is proved and might be written enters so`() throws {
        var chain = ada.responses
        let unsealed = try chain.segment()
        var elsewhere = ada.chain(in: ScopeID(.responses, bob.member))
        let foreign = ada.sealed(try elsewhere.segment())
        var office = ada.chain(in: ScopeID(.office, campaign))
        let notAllowed = ada.sealed(try office.segment())
        _ = try relay.relay.revoke(ada.id.description)
        let acceptance = try relay.relay.accept(bundle([unsealed, foreign, notAllowed]))
        #expect(acceptance.taken == 0)
        #expect(acceptance.refused.count == 1, "nobody knows who made it")
        #expect(acceptance.void == 2)
        #expect(try Set(reviewer.sync().marks().values) == ["forbidden"])
    }

    @Test func `what another carrier brought before stays void`() throws {
        var chain = ada.responses
        let kept = ada.sealed(try chain.segment())
        _ = try relay.relay.revoke(ada.id.description)
        #expect(try bob.sync(push: [kept]).refused.isEmpty)
        let acceptance = try relay.relay.accept(bundle([kept, ada.sealed(try chain.segment())]))
        #expect(acceptance.taken == 1 && acceptance.held == 1)
        #expect(try reviewer.sync().marks().values.map { $0 } == ["revoked"])
    }
}
