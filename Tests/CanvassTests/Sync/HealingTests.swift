import Canvass
import CanvassCRDT
import CanvassRelay
import CanvassStore
import Foundation
import TestSupport
import Testing

/// A relay that lost what it had, and the devices that bring it back.
struct HealingTests {
    @Test func `a relay that lost the roster and everything since is brought back, other people's changes included`()
        async throws
    {
        let world = try World()
        let designer = try await world.designer()
        world.relay.stop()
        let old = world.folder.url.appending(path: "old")
        try world.relay.backUp(to: old)
        try world.relay.start()
        let ana = try await world.join("Ana", ["collector"])
        let rita = try await world.join("Rita", ["reviewer"])
        for score in 0..<5 { try ana.take(Int64(score)) }
        try await settleAll(ana, rita, designer)
        world.relay.stop()
        try world.relay.replaceFolder(with: old)
        try world.relay.start()

        // Nobody is taken for unknown, or loses a role, before the roster is back.
        let refused = await failure { try await rita.sync() }
        #expect(refused?.code == .relayRefused || refused?.code == .tokenUnknown)
        try await designer.sync()
        // Ana is gone; Rita brings her responses.
        let outcome = try await rita.sync()
        #expect(outcome.carried >= 5)
        #expect(outcome.refused.isEmpty && outcome.divergent.isEmpty)
        let late = try await world.join("Late", ["reviewer"])
        #expect(try late.status().responses == 5)
        #expect(try agreement(late, rita).differing.isEmpty)
        #expect(try await rita.sync().carried == 0)
        // Ana comes back after all, with more.
        try ana.take(9)
        try await settleAll(ana, rita, late)
        #expect(try late.status().responses == 6)
        #expect(try late.status().conflicts == 0)
    }

    @Test func `a bundle of somebody offline reaches the others through whoever is online`() async throws {
        let world = try World()
        _ = try await world.designer()
        let ana = try await world.join("Ana", ["collector"], team: "north")
        let sue = try await world.join("Sue", ["supervisor"], team: "north")
        for score in 0..<3 { try ana.take(Int64(score)) }
        let bundle = try ana.exportBundle()
        let taken = try sue.importBundle(bundle.bytes)
        #expect(taken.changes == 3 && taken.lost.isEmpty && taken.forged.isEmpty)
        #expect(try sue.responses(to: sue.visit).map(\.isProvisional) == [true, true, true])
        // What Sue answers brings Ana nothing of her own back.
        let answer = try sue.exportBundle(for: .bundle(bundle.bytes))
        #expect(answer.scopes.allSatisfy { $0.scope.kind != .responses })
        let outcome = try await sue.sync()
        #expect(outcome.carried == 3 && outcome.waiting.isEmpty)
        #expect(try sue.responses(to: sue.visit).map(\.isProvisional) == [false, false, false])
        let rita = try await world.join("Rita", ["reviewer"])
        #expect(try rita.status().responses == 3)
        try await settleAll(ana, sue, rita)
        #expect(try agreement(ana, rita).differing.isEmpty)
        #expect(try rita.status().conflicts == 0)
    }

    @Test func `a bundle of another organisation, or of nobody, is not taken`() async throws {
        let (world, other) = (try World(seed: 1), try World(seed: 2))
        let dana = try await world.designer()
        let stranger = try await other.designer()
        let bundle = try stranger.exportBundle().bytes
        #expect(failure { _ = try dana.importBundle(bundle) }?.code == .notPermitted)
        #expect(failure { _ = try dana.importBundle(Array("no bundle at all".utf8)) }?.code == .invalidInput)
        let unjoined = try world.replica("nobody")
        #expect(failure { _ = try unjoined.importBundle(try dana.exportBundle().bytes) }?.code == .notJoined)
        #expect(failure { _ = try dana.exportBundle(of: ["nonsense"]) }?.code == .invalidInput)
    }
}
