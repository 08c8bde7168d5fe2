import CanvassCRDT
import CanvassWire
import Testing

/// What a suite begins with: a relay with a campaign, its admin, two collectors and a reviewer.
class WinterCampaign {
    let relay: TestRelay
    let admin: TestDevice
    let organisation: EntityID
    let campaign: EntityID
    let ada: TestDevice
    let bob: TestDevice
    let reviewer: TestDevice

    /// - Parameter team: Ada's.
    init(team: String? = nil, relay: TestRelay? = nil) throws {
        let relay = try relay ?? TestRelay()
        self.relay = relay
        admin = try relay.device("admin")
        campaign = try relay.campaign("Winter", by: admin)
        ada = try relay.device("collector", campaign: "Winter", team: team, name: "Ada")
        bob = try relay.device("collector", campaign: "Winter", name: "Bob")
        reviewer = try relay.device("reviewer", campaign: "Winter", name: "Rosa")
        organisation = try #require(try admin.sync().roster?.organisation)
    }
}
