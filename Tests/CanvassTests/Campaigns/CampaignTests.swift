import Canvass
import CanvassCRDT
import CanvassRelay
import Testing

struct CampaignTests {
    @Test func `a campaign is found by name, by id and as the only one`() throws {
        let replica = try World().replica("a")
        #expect(failure { _ = try replica.campaign() }?.code == .notFound)
        let made = try replica.createCampaign(named: "visits", goal: "hear")
        #expect(try replica.campaign() == made)
        #expect(try replica.campaign(named: "visits").goal == "hear")
        #expect(try replica.campaign(named: made.id.description) == made)
        try replica.createCampaign(named: "calls")
        #expect(failure { _ = try replica.campaign() }?.code == .ambiguous)
        #expect(failure { _ = try replica.campaign(named: "nothing") }?.message.contains("calls") == true)
    }

    @Test(arguments: ["visits", "", String(repeating: "ä", count: 101)])
    func `a name that is taken, empty or too long is refused and writes nothing`(_ name: String) throws {
        let replica = try World().replica("a")
        try replica.createCampaign(named: "visits")
        #expect(failure { try replica.createCampaign(named: name) }?.code == .invalidInput)
        #expect(try replica.status().scopes.count == 1)
    }

    @Test func `what was designed before joining is pushed once its author is admin`() async throws {
        let world = try World()
        let designer = try world.replica("Dana")
        let campaign = try designer.createCampaign(named: "visits")
        try designer.publish(designer.importSurvey(.visit, into: campaign))
        let unsynced = try designer.status().unsynced
        #expect(unsynced > 0)
        try await world.enrol(designer, "Dana", ["admin"])
        #expect(try designer.status().unsynced == 0)
        let reader = try await world.join("Rita", ["reviewer"])
        #expect(try reader.campaign() == campaign)
        #expect(try reader.form(of: reader.visit) == .visit)
        #expect(try agreement(designer, reader).differing.isEmpty)
    }

    @Test func `a collector may not make campaigns, and the relay never sees an attempt`() async throws {
        let world = try World()
        _ = try await world.designer()
        let collector = try await world.join("Cora", ["collector"])
        let error = failure { try collector.createCampaign(named: "mine") }
        #expect(error?.code == .notPermitted)
        #expect(error?.message.contains("collector") == true)
        #expect(try collector.status().unsynced == 0)
    }
}
