import CanvassCRDT
import CanvassRelay
import CanvassWire
import Testing

@Suite struct JoinTests {
    @Test func `a join that is repeated gets the same answer and uses up nothing`() throws {
        let relay = try TestRelay()
        let invite = try relay.invite("admin")
        var device = TestDevice(relay)
        let first = try device.join(invite, name: "Ada")
        let second = try device.join(invite, name: "Ada")
        #expect(first.token == second.token)
        #expect(first.deviceKey == second.deviceKey)
        #expect(first.member == second.member)
        #expect(second.name == "Ada")
        #expect(try relay.relay.devices().count == 1)
    }

    @Test func `an invite for one device refuses a second`() throws {
        let relay = try TestRelay()
        let invite = try relay.invite("admin")
        var (first, second) = (TestDevice(relay), TestDevice(relay))
        try first.join(invite)
        let problem = try #require(throws: Problem.self) { try second.join(invite) }
        #expect(problem.kind == .inviteUsedUp)
        #expect(try relay.relay.devices().count == 1)
    }

    @Test func `an invite ends with its time but a repeated join does not`() throws {
        let relay = try TestRelay()
        let invite = try relay.invite("admin", uses: 2)
        var (first, second) = (TestDevice(relay), TestDevice(relay))
        let token = try first.join(invite).token
        relay.advanceClock(milliseconds: 14 * 86_400_000)
        let problem = try #require(throws: Problem.self) { try second.join(invite) }
        #expect(problem.kind == .inviteExpired)
        #expect(try first.join(invite).token == token)
    }

    @Test func `a secret that was never handed out is refused`() throws {
        let relay = try TestRelay()
        var device = TestDevice(relay)
        let problem = try #require(throws: Problem.self) { try device.join("0123456789ABCDEFGHJKMNPQRS") }
        #expect(problem.kind == .inviteUnknown)
    }

    @Test func `another key for a device that is known is refused`() throws {
        let relay = try TestRelay()
        let invite = try relay.invite("admin", uses: 2)
        var device = TestDevice(relay)
        try device.join(invite)
        var impostor = device
        impostor.joinKey[0] ^= 1
        let problem = try #require(throws: Problem.self) { try impostor.join(invite) }
        #expect(problem.kind == .joinKeyMismatch)
    }

    @Test func `a second invite adds a membership and the token stays`() throws {
        let relay = try TestRelay()
        let admin = try relay.device("admin")
        _ = try relay.campaign("Winter", by: admin)
        _ = try relay.campaign("Summer", by: admin)
        var device = try relay.device("collector", campaign: "Winter")
        let (token, member) = (device.token, device.member)
        let second = try device.join(relay.invite("reviewer", campaign: "Summer"))
        #expect(second.token == token)
        #expect(second.member != member)
        let roster = try #require(try device.sync().roster)
        #expect(Set(roster.own) == [member, second.member])
    }

    @Test func `a second invite to the same campaign adds roles to the member`() throws {
        let relay = try TestRelay()
        let admin = try relay.device("admin")
        _ = try relay.campaign("Winter", by: admin)
        var device = try relay.device("collector", campaign: "Winter")
        let member = device.member
        #expect(try device.join(relay.invite("supervisor", campaign: "Winter", team: "North")).member == member)
        let roster = try #require(try device.sync().roster)
        let person = try #require(roster.people.first { $0.membership.member == member })
        #expect(person.membership.roles == [.collector, .supervisor])
        #expect(person.membership.team == roster.teams.first?.id)
    }

    @Test func `a second invite to another team takes nothing away`() throws {
        let relay = try TestRelay()
        let admin = try relay.device("admin")
        _ = try relay.campaign("Winter", by: admin)
        var device = try relay.device("supervisor", campaign: "Winter", team: "North")
        let member = device.member
        #expect(try device.join(relay.invite("supervisor", campaign: "Winter", team: "South")).member != member)
        let scopes = try #require(try device.sync().roster).scopes
        #expect(scopes.count { $0.scope.kind == .team } == 2)
    }

    @Test func `an invite for a member gives them one more device`() throws {
        let relay = try TestRelay()
        let admin = try relay.device("admin")
        _ = try relay.campaign("Winter", by: admin)
        let tablet = try relay.device("collector", campaign: "Winter", name: "Ada")
        var laptop = TestDevice(relay)
        let answer = try laptop.join(relay.invite(member: tablet.member.description))
        #expect(answer.member == tablet.member)
        #expect(answer.name == "Ada")
        var chain = laptop.responses
        let segment = try chain.segment()
        #expect(try laptop.sync(push: [segment]).refused.isEmpty)
        #expect(try tablet.sync().segments(in: chain.scope) == [segment])
    }

    @Test func `people without a name are numbered by role`() throws {
        let relay = try TestRelay()
        let admin = try relay.device("admin")
        _ = try relay.campaign("Winter", by: admin)
        let invite = try relay.invite("collector", campaign: "Winter", uses: 2)
        var (first, second) = (TestDevice(relay), TestDevice(relay))
        #expect(try first.join(invite).name == "collector 1")
        #expect(try second.join(invite).name == "collector 2")
    }

    @Test func `revocation of a device ends reading writing and joining`() throws {
        let relay = try TestRelay()
        let invite = try relay.invite("admin", uses: 2)
        var (lost, other) = (TestDevice(relay), TestDevice(relay))
        try lost.join(invite)
        try other.join(invite)
        _ = try lost.sync()
        _ = try relay.relay.revoke(lost.id.description)
        #expect(try #require(throws: Problem.self) { try lost.sync() }.kind == .deviceRevoked)
        #expect(try #require(throws: Problem.self) { try lost.join(invite) }.kind == .deviceRevoked)
        #expect(try other.sync().roster != nil)
    }

    @Test func `revocation of a member ends the access of all their devices`() throws {
        let relay = try TestRelay()
        let admin = try relay.device("admin")
        _ = try relay.campaign("Winter", by: admin)
        let tablet = try relay.device("collector", campaign: "Winter")
        var laptop = TestDevice(relay)
        try laptop.join(relay.invite(member: tablet.member.description))
        _ = try relay.relay.revoke(tablet.member.description)
        for device in [tablet, laptop] {
            #expect(try #require(throws: Problem.self) { try device.sync() }.kind == .deviceRevoked)
        }
        let roster = try #require(try admin.sync().roster)
        #expect(roster.people.first { $0.membership.member == tablet.member }?.membership.roles == [])
    }

    @Test func `the roster tells admins of an enrolment without any secret`() throws {
        let relay = try TestRelay()
        let admin = try relay.device("admin")
        _ = try relay.campaign("Winter", by: admin)
        let secret = try relay.invite("collector", campaign: "Winter")
        var device = TestDevice(relay)
        try device.join(secret)
        let organisation = try #require(try admin.sync().roster?.organisation)
        let segments = try admin.sync().segments(in: ScopeID(.roster, organisation))
        let bodies = try segments.flatMap { try $0.changes() }.compactMap(\.body).map { try ChangeBody(decoding: $0) }
        let edits = bodies.flatMap(\.edits)
        #expect(edits.contains { $0.kind == "device" && $0.entity == device.id })
        #expect(edits.contains { $0.kind == "member" && $0.entity == device.member })
        let bytes = String(decoding: segments.flatMap(\.encoded), as: UTF8.self)
        #expect(!bytes.contains(secret))
        #expect(!bytes.contains(device.token))
        #expect(try device.sync().segments(in: ScopeID(.roster, organisation)).isEmpty)
    }

    @Test func `orders that do not add up are refused with a remedy`() throws {
        let relay = try TestRelay()
        #expect(throws: RelayFailure.self) { try relay.invite("collector", campaign: "Winter") }
        let admin = try relay.device("admin")
        _ = try relay.campaign("Winter", by: admin)
        #expect(throws: RelayFailure.self) { try relay.invite("collector") }
        #expect(throws: RelayFailure.self) { try relay.invite("admin", campaign: "Winter") }
        #expect(throws: RelayFailure.self) { try relay.invite("supervisor", campaign: "Winter") }
        #expect(throws: RelayFailure.self) { try relay.invite("king", campaign: "Winter") }
        #expect(throws: RelayFailure.self) { try relay.invite("collector", campaign: "Summer") }
        #expect(throws: RelayFailure.self) { try relay.invite(campaign: "Winter") }
        #expect(throws: RelayFailure.self) { try relay.invite(member: "nobody") }
    }
}
