import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassInsight
import CanvassRelay
import CanvassStore
import CanvassSurvey
import Foundation
import TestSupport
import Testing

/// Lost answers, lost relays, copied replicas: nothing is lost and nothing is there twice.
struct LossTests {
    private static var tiny: SyncLimits {
        var limits = SyncLimits()
        limits.pushBytes = 200
        limits.segmentChanges = 2
        limits.pageBytes = 1
        return limits
    }

    private func sync(_ replica: Replica, dropping dropped: Int, _ world: World) async throws -> Int {
        let transport = try #require(LossyTransport(address: world.relay.url, dropping: dropped))
        _ = await failure {
            _ = try await replica.sync(
                over: transport, token: replica.token ?? "", relay: world.relay.url, limits: LossTests.tiny)
        }
        return transport.answers
    }

    @Test func `whichever answer gets lost, pushed and received arrive once`() async throws {
        var dropped = 0
        var answers = 0
        // Until the sync is over before the answer that is to be lost.
        repeat {
            dropped += 1
            let world = try World(seed: UInt64(dropped))
            _ = try await world.designer()
            let ana = try await world.join("Ana", ["collector"], team: "north")
            let sue = try await world.join("Sue", ["supervisor", "collector"], team: "north")
            for score in 0..<4 { try ana.take(Int64(score)) }
            for score in 0..<4 { try sue.take(Int64(score)) }
            try await ana.sync()
            answers = try await sync(sue, dropping: dropped, world)
            #expect(try sue.status().responses >= 4)
            _ = try await sync(sue, dropping: .max, world)
            #expect(try sue.status().responses == 8)
            #expect(try sue.status().unsynced == 0)
            let reviewer = try await world.join("Rita", ["reviewer"])
            #expect(try reviewer.report(on: reviewer.visit).report.responses == 8)
            #expect(try agreement(reviewer, sue).differing.isEmpty)
        } while answers >= dropped && dropped < 50
        #expect(dropped > 4 && dropped < 50)
    }

    @Test func `pages and pushes of one change bring a form of 300 questions whole`() async throws {
        let world = try World()
        let designer = try await world.join("Dana", ["admin"])
        let form = Form.large(questions: 300)
        let campaign = try designer.createCampaign(named: "visits")
        try designer.publish(designer.importSurvey(form, into: campaign))
        #expect(try await sync(designer, dropping: .max, world) > 2)
        #expect(try designer.status().unsynced == 0)
        let reader = try world.replica("Rita")
        try await reader.join(world.relay.invite(InviteOrder(campaign: "visits", roles: ["reviewer"])))
        _ = try await sync(reader, dropping: .max, world)
        #expect(try reader.form(of: reader.survey(named: "large")) == form)
    }

    @Test func `a relay that was restarted goes on where it was`() async throws {
        let world = try World()
        _ = try await world.designer()
        let ana = try await world.join("Ana", ["collector"])
        try ana.take(9)
        try await ana.sync()
        world.relay.stop()
        try world.relay.start()
        try ana.take(8)
        let outcome = try await ana.sync()
        #expect(outcome.pushed == 1 && outcome.received == 0 && outcome.rounds == 1)
    }

    @Test func `a relay restored from an older backup gets back what its devices made since`() async throws {
        let world = try World()
        let designer = try await world.designer()
        let ana = try await world.join("Ana", ["collector"])
        let bob = try await world.join("Bob", ["collector"])
        let reviewer = try await world.join("Rita", ["reviewer"])
        try ana.take(1)
        try await settleAll(ana, reviewer)
        let backup = world.folder.url.appending(path: "backup")
        world.relay.stop()
        try world.relay.backUp(to: backup)
        try world.relay.start()
        for score in 2..<5 { try ana.take(Int64(score)) }
        try bob.take(5)
        try designer.importSurvey(.visit.changing("comment") { $0.appearance = "multiline" }, into: designer.campaign())
        try designer.publish(designer.visit)
        try await settleAll(ana, bob, designer, reviewer)
        #expect(try reviewer.status().responses == 5)

        world.relay.stop()
        try world.relay.replaceFolder(with: backup)
        try world.relay.start()
        try bob.take(6)
        try await settleAll(ana, bob, designer, reviewer)
        for replica in [ana, bob, designer] { #expect(try replica.status().unsynced == 0) }
        #expect(try reviewer.status().responses == 6)
        let late = try await world.join("Raul", ["reviewer"])
        #expect(try late.status().responses == 6)
        #expect(try late.visit == designer.visit)
        #expect(try late.visit.published.count == 2)
        #expect(try agreement(late, reviewer).differing.isEmpty)
    }

    @Test func `a new relay at the old address knows nobody, and is another organisation`() async throws {
        let world = try World()
        _ = try await world.designer()
        let ana = try await world.join("Ana", ["collector"])
        try ana.take(9)
        try await ana.sync()
        world.relay.stop()
        try world.relay.replaceFolder(with: nil)
        try world.relay.start()
        let stranger = await failure { try await ana.sync() }
        #expect(stranger?.code == .tokenUnknown)
        #expect(stranger?.description.lowercased().contains("join again") == false)
        let link = try world.relay.invite(InviteOrder(roles: ["admin"]))
        let error = await failure { try await ana.join(link) }
        #expect(error?.code == .notPermitted)
        #expect(error?.message.contains("another organisation") == true)
        // The invite is still good for somebody else.
        _ = try await Replica.create(at: world.folder.path("new.canvass")).join(link)
        // All of it stays readable here.
        #expect(try ana.responses(to: ana.visit).count == 1)
    }

    @Test func `both copies of a copied replica may be used`() async throws {
        let world = try World()
        _ = try await world.designer()
        let ana = try await world.join("Ana", ["collector"])
        let first = try ana.take(1)
        try await ana.sync()
        let twin = try world.copy(ana, as: "twin")
        for score in 2..<8 { try ana.take(Int64(score)) }
        for score in 2..<4 { try twin.take(Int64(score)) }
        _ = try twin.edit(twin.response(named: first.id.description), setting: [.init("recommend", .integer(10))])
        try await ana.sync()
        #expect(try ana.status().unsynced == 0)
        #expect(try twin.status().unsynced == 3)
        try await twin.sync()
        #expect(try twin.status().unsynced == 0)
        try await settleAll(ana, twin)
        let reviewer = try await world.join("Rita", ["reviewer"])
        for replica in [ana, twin, reviewer] {
            let status = try replica.status()
            #expect(status.responses == 9)
            #expect(status.unsynced == 0)
            #expect(status.forked == [ana.id])
            // The copy was taken after the first response, and before the second.
            let fork = try #require(status.forks.first)
            #expect(try #require(fork.lastSharedMilliseconds) >= first.finishedMilliseconds ?? .max)
            #expect(fork.firstOwnMilliseconds > fork.lastSharedMilliseconds ?? 0)
            #expect(try replica.report(on: replica.visit).report.responses == 9)
            #expect(try replica.response(named: first.id.description).answers["recommend"] == .integer(10))
        }
        #expect(try agreement(ana, twin).differing.isEmpty)
        #expect(try agreement(ana, reviewer).differing.isEmpty)
        // Both go on, each on its own branch.
        try ana.take(0)
        try twin.take(0)
        #expect(try ana.status().unsynced == 1 && twin.status().unsynced == 1)
        try await settleAll(ana, twin, reviewer)
        #expect(try reviewer.status().responses == 11)
        #expect(try ana.status().unsynced == 0 && twin.status().unsynced == 0)
    }

    @Test func `the shorter branch of a copy is pushed in small steps, too`() async throws {
        let world = try World()
        _ = try await world.designer()
        let ana = try await world.join("Ana", ["collector"])
        try ana.take(1)
        try await ana.sync()
        let twin = try world.copy(ana, as: "twin")
        for score in 0..<10 { try ana.take(Int64(score)) }
        for score in 0..<8 { try twin.take(Int64(score)) }
        try await ana.sync()
        _ = try await sync(twin, dropping: .max, world)
        #expect(try twin.status().unsynced == 0)
        #expect(try twin.status().responses == 19)
    }

    @Test(arguments: [UInt64(11), 12, 13])
    func `a seeded campaign of many people converges`(_ seed: UInt64) async throws {
        var chance = SplitMix64(seed: seed)
        let world = try World(seed: seed)
        let designer = try await world.designer()
        var people: [Replica] = [designer]
        for (index, roles) in [["collector"], ["collector"], ["supervisor"], ["reviewer"], ["collector", "reviewer"]]
            .enumerated()
        {
            people.append(
                try await world.join(
                    "P\(index)", roles, team: index < 3 ? "north" : nil,
                    offset: Int64.random(in: -1_000_000_000...1_000_000_000, using: &chance)))
        }
        var recorded = 0
        for _ in 0..<60 {
            let person = people[Int.random(in: 1..<people.count, using: &chance)]
            switch Int.random(in: 0..<4, using: &chance) {
            case 0:
                if failure({ try person.take(Int64.random(in: 0...10, using: &chance)) }) == nil { recorded += 1 }
            case 1:
                if let response = try person.responses(to: person.visit).randomElement(using: &chance) {
                    _ = try person.edit(
                        response, setting: [.init("recommend", .integer(Int64.random(in: 0...10, using: &chance)))])
                }
            case 2:
                if let conflict = try person.conflicts().randomElement(using: &chance) {
                    try person.settle(conflict, with: conflict.candidates[0].value)
                }
            default: _ = try await sync(person, dropping: Int.random(in: 1...6, using: &chance), world)
            }
        }
        for _ in 0..<3 {
            for person in people { try await person.sync() }
        }
        #expect(try people[4].status().responses == recorded && recorded > 0)
        for person in people.dropFirst() {
            #expect(try agreement(people[4], person).differing.isEmpty)
            #expect(try person.status().unsynced == 0)
        }
        #expect(try people[4].conflicts().map(\.uncorrected) == people[5].conflicts().map(\.uncorrected))
    }
}
