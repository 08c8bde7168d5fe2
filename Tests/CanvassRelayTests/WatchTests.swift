import CanvassCRDT
import CanvassRelay
import CanvassWire
import Testing

/// Live announcements.
@Suite final class WatchTests: WinterCampaign {
    init() throws { try super.init(team: "North") }

    @Test func `a change is announced to those who may read it, and to nobody else`() throws {
        let (rosa, bobs) = (try WatchClient(reviewer), try WatchClient(bob))
        #expect(rosa.status == 200)
        #expect(try rosa.event(within: 0.6) == nil)
        var chain = ada.responses
        let pushed = try ada.sync(push: [chain.segment()])
        #expect(try rosa.event(within: 5) == pushed.position)
        #expect(try bobs.event(within: 1) == nil)
        // Two at once are one announcement.
        _ = try ada.sync(push: [chain.segment()])
        let last = try ada.sync(push: [chain.segment()])
        var announced = try rosa.event(within: 5)
        if announced != last.position { announced = try rosa.event(within: 5) }
        #expect(announced == last.position)
        #expect(try rosa.event(within: 0.6) == nil)
    }

    @Test func `who comes back is told at once what was missed, and nothing where nothing was`() throws {
        let before = try reviewer.sync().position
        var chain = ada.responses
        let after = try ada.sync(push: [chain.segment()]).position
        #expect(try WatchClient(reviewer, after: before).event(within: 5) == after)
        #expect(try WatchClient(reviewer, after: after).event(within: 0.6) == nil)
        #expect(try WatchClient(bob, after: before).event(within: 0.6) == nil)
        // A position that the relay has not reached is that of one that was lost.
        #expect(try WatchClient(bob, after: after + 100).event(within: 5) == after)
    }

    @Test func `a watch ends with the revocation, and needs a token`() throws {
        let watch = try WatchClient(bob)
        _ = try relay.relay.revoke(bob.id.description)
        #expect(try watch.ends(within: 5))
        #expect(try WatchClient(bob).status == 403)
        #expect(try WatchClient(TestDevice(relay)).status == 401)
    }

    @Test func `a new grant is announced`() throws {
        let watch = try WatchClient(bob)
        _ = try relay.device("collector", campaign: "Winter", name: "Eve")
        #expect(try watch.event(within: 5) != nil)
    }

    @Test func `of more streams than a device may have the oldest ends`() throws {
        let watches = try (0..<5).map { _ in try WatchClient(bob) }
        #expect(try watches[0].ends(within: 5))
        _ = try relay.device("collector", campaign: "Winter", name: "Eve")
        for watch in watches.dropFirst() { #expect(try watch.event(within: 5) != nil) }
    }

    @Test func `a relay that was stopped ends its streams`() throws {
        let watch = try WatchClient(bob)
        relay.stop()
        #expect(try watch.ends(within: 5))
    }
}
