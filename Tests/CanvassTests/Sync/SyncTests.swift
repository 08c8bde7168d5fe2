import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassInsight
import CanvassRelay
import CanvassStore
import CanvassSurvey
import Foundation
import Testing

struct SyncTests {
    @Test func `what two collectors recorded offline meets at the reviewer's, once`() async throws {
        let world = try World()
        let designer = try await world.designer()
        let ana = try await world.join("Ana", ["collector"])
        let bob = try await world.join("Bob", ["collector"])
        let reviewer = try await world.join("Rita", ["reviewer"])
        for score in 0..<30 { try (score % 3 == 0 ? bob : ana).take(Int64(score % 11)) }
        #expect(try ana.status().unsynced == 20)
        let outcome = try await ana.sync()
        #expect(outcome.pushed == 20 && outcome.refused.isEmpty && outcome.divergent.isEmpty)
        try await settleAll(bob, reviewer, designer)
        let ids = try Set((ana.responses(to: ana.visit) + bob.responses(to: bob.visit)).map(\.id))
        #expect(try Set(reviewer.responses(to: reviewer.visit).map(\.id)) == ids && ids.count == 30)
        #expect(try ana.status().unsynced == 0)
        #expect(try designer.status().responses == 0)
        for other in [ana, bob] {
            let (common, differing) = try agreement(reviewer, other)
            #expect(common == 2 && differing.isEmpty)
        }
        // Nothing is left to do.
        let idle = try await reviewer.sync()
        #expect(idle.received == 0 && idle.pushed == 0 && idle.rounds == 1)
    }

    @Test func `a scope granted later brings everything that came before it`() async throws {
        let world = try World()
        _ = try await world.designer()
        let ana = try await world.join("Ana", ["collector"], team: "north")
        for score in 0..<5 { try ana.take(Int64(score)) }
        try await ana.sync()
        let bob = try await world.join("Bob", ["collector"], team: "north")
        try bob.take(7)
        try await bob.sync()
        #expect(try bob.status().responses == 1)
        try await world.enrol(bob, "Bob", ["supervisor"], team: "north")
        #expect(try bob.status().responses == 6)
        try ana.take(6)
        try await settleAll(ana, bob)
        #expect(try bob.status().responses == 7)
        #expect(try agreement(ana, bob).differing.isEmpty)
    }

    @Test func `clock offsets are recorded and refuse nothing`() async throws {
        let world = try World()
        _ = try await world.designer()
        let years: Int64 = 3 * 365 * 86_400_000
        let ahead = try await world.join("Ana", ["collector"], offset: years)
        let behind = try await world.join("Bob", ["collector"], offset: -years)
        try ahead.take(9)
        try behind.take(9)
        let outcomes = [try await ahead.sync(), try await behind.sync()]
        #expect(abs(outcomes[0].clockOffsetMilliseconds + years) < 1_000)
        #expect(abs(outcomes[1].clockOffsetMilliseconds - years) < 1_000)
        #expect(try ahead.status().clockOffsetMilliseconds == outcomes[0].clockOffsetMilliseconds)
        let listed = try world.relay.devices().compactMap(\.clockOffset)
        #expect(listed.contains { abs($0 + years) < 1_000 } && listed.contains { abs($0 - years) < 1_000 })
        let reviewer = try await world.join("Rita", ["reviewer"])
        #expect(try reviewer.status().responses == 2)
    }

    @Test func `a push that is refused is reported, stays here and does not stop the rest`() async throws {
        let world = try World()
        _ = try await world.designer()
        let collector = try await world.join("Cora", ["collector"])
        // As after a change of role that this device has not heard of.
        let campaign = try collector.campaign()
        let rename = EntityEdit(
            kind: "campaign", entity: campaign.id, operations: [Operation(.put(.text("mine")), field: "name")])
        try collector.store.commit([Edit(scope: ScopeID(.design, campaign.id), edits: [rename])], clockMilliseconds: 1)
        try collector.take(9)
        for _ in 0..<2 {
            let outcome = try await collector.sync()
            #expect(outcome.refused.count == 1)
            #expect(outcome.refused.first?.contains("forbidden") == true)
        }
        let status = try collector.status()
        #expect(status.unsynced == 1)
        #expect(status.scopes.first { $0.unsynced > 0 }?.id == ScopeID(.design, campaign.id))
        #expect(try collector.campaigns().map(\.name) == ["mine"])
        let reviewer = try await world.join("Rita", ["reviewer"])
        #expect(try reviewer.status().responses == 1)
        #expect(try reviewer.campaigns().map(\.name) == ["visits"])
    }

    @Test func `a revoked device is told, keeps its work and gets nothing`() async throws {
        let world = try World()
        _ = try await world.designer()
        let ana = try await world.join("Ana", ["collector"])
        let reviewer = try await world.join("Rita", ["reviewer"])
        try ana.take(9)
        try await ana.sync()
        try ana.take(8)
        try world.relay.revoke(ana.device.description)
        let error = await failure { try await ana.sync() }
        #expect(error?.code == .relayRefused)
        #expect(error?.remedy.contains("admin") == true)
        #expect(try ana.status().responses == 2 && ana.status().unsynced == 1)
        let link = try world.relay.invite(InviteOrder(campaign: "visits", roles: ["collector"]))
        #expect(await failure { try await ana.join(link) }?.code == .relayRefused)
        try await reviewer.sync()
        #expect(try reviewer.status().responses == 1)
    }

    @Test func `two devices of one collector share the responses`() async throws {
        let world = try World()
        _ = try await world.designer()
        let laptop = try await world.join("Cora", ["collector"])
        let member = try #require(try laptop.members().first { $0.isOwn })
        let tablet = try world.replica("tablet")
        try await tablet.join(world.relay.invite(InviteOrder(member: member.id.description)))
        try await tablet.sync()
        let first = try laptop.take(9)
        try tablet.take(8)
        try await settleAll(laptop, tablet)
        guard
            case .recorded = try tablet.edit(
                tablet.response(named: first.id.description), setting: [.init("recommend", .integer(7))])
        else { return #expect(Bool(false)) }
        try await settleAll(tablet, laptop)
        for replica in [laptop, tablet] {
            #expect(
                try replica.responses(to: replica.visit).map { $0.answers["recommend"] } == [.integer(7), .integer(8)])
            #expect(try replica.conflicts().isEmpty)
            #expect(try replica.status().forked.isEmpty)
            #expect(try replica.report(on: replica.visit).report.breakdowns[0].groups.map(\.key) == ["Cora"])
        }
    }

    @Test func `many syncs leave no open files and no threads behind`() async throws {
        let world = try World()
        let designer = try await world.designer()
        func open() throws -> (files: Int, threads: Int) {
            (
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count,
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
            )
        }
        for _ in 0..<10 { try await designer.sync() }
        let before = try open()
        for _ in 0..<300 { try await designer.sync() }
        let after = try open()
        // Other tests run at the same time.
        #expect(after.files - before.files < 60, "\(before) \(after)")
        #expect(after.threads - before.threads < 60, "\(before) \(after)")
    }

    @Test func `without a relay nothing is lost and the error says so`() async throws {
        let world = try World()
        _ = try await world.designer()
        let ana = try await world.join("Ana", ["collector"])
        try ana.take(9)
        world.relay.stop()
        let error = await failure { try await ana.sync() }
        #expect(error?.code == .relayUnreachable)
        #expect(try ana.status().unsynced == 1)
        try world.relay.start()
        #expect(try await ana.sync().pushed == 1)
        let never = try world.replica("loner")
        #expect(await failure { try await never.sync() }?.code == .notJoined)
    }

    @Test(arguments: ["", "http://127.0.0.1:1", "ftp://host/join#SECRET", "http://host/join", "#", "http:///join#X"])
    func `what is no invite link is refused before anything is sent`(_ link: String) async throws {
        let replica = try World().replica("a")
        #expect(await failure { try await replica.join(link) }?.code == .invalidInput)
    }

    @Test func `an invite works once, and again for the device that used it`() async throws {
        let world = try World()
        let link = try world.relay.invite(InviteOrder(roles: ["admin"], name: "Dana"))
        let dana = try world.replica("Dana")
        let first = try await dana.join(link)
        #expect(try await dana.join(link) == first)
        #expect(first.name == "Dana")
        let other = try world.replica("Other")
        #expect(await failure { try await other.join(link) }?.code == .relayRefused)
        #expect(await failure { try await other.join("\(world.relay.url)/join#NOSUCHSECRET") }?.code == .relayRefused)
    }
}
