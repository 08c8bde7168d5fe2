import CanvassCRDT
import CanvassRelay
import CanvassWire
import TestSupport
import Testing

/// What an operator does to a relay that is serving.
@Suite struct AdministrationTests {
    let relay: TestRelay

    init() throws {
        relay = try TestRelay()
    }

    private func failure(_ body: () throws -> Void) -> RelayFailure? {
        do {
            try body()
            return nil
        } catch {
            return error as? RelayFailure
        }
    }

    @Test func `a device goes by the beginning of its id, in either case`() throws {
        let admin = try relay.device("admin", name: "Ada")
        // Ids begin with the time.
        relay.advanceClock(milliseconds: 86_400_000)
        let other = try relay.device("admin", name: "Bo")
        let length = ShortID.length(telling: try relay.relay.devices().flatMap { [$0.device, $0.member] })
        let revoked = try relay.relay.revoke(String(other.id.description.prefix(length)).lowercased())
        #expect(revoked.id == other.id.description)
        #expect(revoked.name == "Bo")
        #expect(!revoked.isMember)
        #expect(try relay.relay.devices().filter(\.isRevoked).map(\.device) == [other.id.description])
        _ = try admin.sync()
        #expect(throws: Problem.self) { try other.sync() }
    }

    @Test func `a beginning that fits several or none changes nothing`() throws {
        let admin = try relay.device("admin", name: "Ada")
        _ = try relay.device("admin", name: "Bo")
        let several = try #require(failure { _ = try relay.relay.revoke(String(admin.id.description.prefix(4))) })
        #expect(several.what.contains("4 devices and members"))
        #expect(several.remedy.contains("Ada") && several.remedy.contains("a device of Bo"))
        for text in ["", "zzzz", admin.id.description + "0"] {
            let none = try #require(failure { _ = try relay.relay.revoke(text) })
            #expect(none.what == "there is no device or member \(text)")
        }
        #expect(try relay.relay.devices().allSatisfy { !$0.isRevoked })
    }

    @Test func `an invite for a member takes the beginning of the id`() throws {
        let admin = try relay.device("admin", name: "Ada")
        relay.advanceClock(milliseconds: 86_400_000)
        let other = try relay.device("admin", name: "Bo")
        var tablet = TestDevice(relay)
        let member = admin.member.description
        let common = zip(member, other.member.description).prefix { $0 == $1 }.count
        try tablet.join(relay.invite(member: String(member.prefix(common + 1)).lowercased()))
        #expect(tablet.member == admin.member)
        let several = try #require(failure { _ = try relay.invite(member: String(member.prefix(common))) })
        #expect(several.what.contains("2 members"))
        _ = try relay.relay.revoke(member)
        #expect(failure { _ = try relay.invite(member: member) }?.what == "there is no member \(member)")
        #expect(failure { _ = try relay.invite(member: tablet.id.description) } != nil)
    }

    @Test func `the first admin is invited until there is one or a link that works`() throws {
        let first = try #require(try relay.relay.inviteFirstAdmin())
        #expect(try relay.relay.inviteFirstAdmin() == nil)
        relay.advanceClock(milliseconds: 15 * 86_400_000)
        let second = try #require(try relay.relay.inviteFirstAdmin())
        #expect(first.link != second.link)
        var device = TestDevice(relay)
        try device.join(String(second.link.split(separator: "#").last ?? ""))
        #expect(try relay.relay.inviteFirstAdmin() == nil)
        _ = try relay.relay.revoke(device.member.description)
        #expect(try relay.relay.inviteFirstAdmin() != nil)
    }

    private func problem(_ body: () throws -> Void) -> Problem? {
        do {
            try body()
            return nil
        } catch {
            return error as? Problem
        }
    }

    @Test func `a refusal says what is wrong and what to do`() throws {
        var device = TestDevice(relay)
        let issued = try relay.relay.invite(InviteOrder(roles: ["admin"], validMilliseconds: 60_000))
        relay.advanceClock(milliseconds: 60_000)
        let expired = problem { try device.join(String(issued.link.split(separator: "#").last ?? "")) }
        #expect(
            expired?.detail
                == "The invite expired on \(TimeText.utc(issued.expires)) UTC. Ask the operator of the relay for a new one."
        )
        let invite = try relay.invite("admin")
        try device.join(invite)
        var late = TestDevice(relay)
        #expect(problem { try late.join(invite) }?.detail.hasPrefix("The invite was made for 1 device and") == true)
        let stranger = problem {
            let request = SyncRequest(
                bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: 0, pageBytes: 1000)
            let headers = ["Content-Type": "application/cbor", "Authorization": "Bearer NONE"]
            let answer = try relay.post("/v1/sync", request.encoded(), headers: headers)
            throw try #require(Problem(value: try answer.json()))
        }
        #expect(stranger?.kind == .unknownToken)
        #expect(stranger?.detail.contains("another relay than the one this device joined") == true)
    }

    @Test func `a refused push names what it was for, to whoever may know`() throws {
        let admin = try relay.device("admin")
        let winter = try relay.campaign("Winter", by: admin)
        let summer = try relay.campaign("Summer", by: admin)
        let collector = try relay.device("collector", campaign: "Winter")
        let detail = { (scope: ScopeID) in
            var chain = collector.chain(in: scope)
            let refused = try collector.sync(push: [chain.segment()]).refused
            return refused.first?.detail ?? ""
        }
        #expect(try detail(ScopeID(.design, winter)).contains("the design of campaign “Winter”"))
        let other = try relay.device("collector", campaign: "Winter", name: "Ana")
        #expect(try detail(other.responses.scope).contains("the responses of “Ana”"))
        let foreign = try detail(ScopeID(.design, summer))
        #expect(foreign.contains(summer.description) && !foreign.contains("Summer"))
    }
}
