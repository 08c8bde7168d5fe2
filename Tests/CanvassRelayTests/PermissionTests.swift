import CanvassCRDT
import CanvassWire
import Testing

/// The table of scopes and roles (design, section 1), written down once more: who may read (r) and write (w) what.
/// A test that took it from `Membership.permission` would only compare the relay with itself.
private let table: [(role: String, scope: String, allowed: String)] = [
    ("admin", "roster", "rw"), ("admin", "design", "rw"), ("admin", "office", "rw"), ("admin", "team", ""),
    ("admin", "other team", ""), ("admin", "responses", ""), ("admin", "teammate's", ""), ("admin", "outsider's", ""),
    ("designer", "roster", ""), ("designer", "design", "rw"), ("designer", "office", "rw"), ("designer", "team", ""),
    ("designer", "other team", ""), ("designer", "teammate's", ""), ("designer", "outsider's", ""),
    ("reviewer", "roster", ""), ("reviewer", "design", "r"), ("reviewer", "office", "rw"), ("reviewer", "team", "r"),
    ("reviewer", "other team", "r"), ("reviewer", "teammate's", "rw"), ("reviewer", "outsider's", "rw"),
    ("supervisor", "roster", ""), ("supervisor", "design", "r"), ("supervisor", "office", ""),
    ("supervisor", "team", "rw"), ("supervisor", "other team", ""), ("supervisor", "teammate's", "rw"),
    ("supervisor", "outsider's", ""),
    ("collector", "roster", ""), ("collector", "design", "r"), ("collector", "office", ""),
    ("collector", "team", "rw"), ("collector", "other team", ""), ("collector", "responses", "rw"),
    ("collector", "teammate's", ""), ("collector", "outsider's", ""),
]

private let foreign = ["foreign design", "foreign office", "foreign team", "foreign responses"]

@Suite struct PermissionTests {
    let relay: TestRelay
    let admin: TestDevice
    let organisation: EntityID
    var devices: [String: TestDevice] = [:]
    var scopes: [String: ScopeID] = [:]

    init() throws {
        relay = try TestRelay()
        admin = try relay.device("admin")
        let winter = try relay.campaign("Winter", by: admin)
        let summer = try relay.campaign("Summer", by: admin)
        organisation = try #require(try admin.sync().roster?.organisation)
        devices["admin"] = admin
        devices["designer"] = try relay.device("designer", campaign: "Winter")
        devices["reviewer"] = try relay.device("reviewer", campaign: "Winter")
        devices["supervisor"] = try relay.device("supervisor", campaign: "Winter", team: "North")
        devices["collector"] = try relay.device("collector", campaign: "Winter", team: "North")
        let teammate = try relay.device("collector", campaign: "Winter", team: "North")
        let outsider = try relay.device("collector", campaign: "Winter", team: "South")
        let stranger = try relay.device("collector", campaign: "Summer", team: "East")
        let teams = try #require(try admin.sync().roster).teams
        func team(_ name: String) throws -> ScopeID {
            ScopeID(.team, try #require(teams.first { $0.name == name }).id)
        }
        scopes = [
            "roster": ScopeID(.roster, organisation), "design": ScopeID(.design, winter),
            "office": ScopeID(.office, winter), "team": try team("North"), "other team": try team("South"),
            "teammate's": teammate.responses.scope, "outsider's": outsider.responses.scope,
            "foreign design": ScopeID(.design, summer), "foreign office": ScopeID(.office, summer),
            "foreign team": try team("East"), "foreign responses": stranger.responses.scope,
        ]
        // Something lies in every scope, so that whoever may read it gets it.
        try fill(teammate, ["team", "teammate's"])
        try fill(outsider, ["other team", "outsider's"])
        try fill(stranger, ["foreign team", "foreign responses"])
        try fill(admin, ["office", "foreign office"])
    }

    private func fill(_ device: TestDevice, _ names: [String]) throws {
        for name in names {
            var chain = device.chain(in: try #require(scopes[name]))
            #expect(try device.sync(push: [chain.segment()]).refused.isEmpty, "\(name)")
        }
    }

    private func check(_ role: String, _ name: String, _ allowed: String) throws {
        let device = try #require(devices[role])
        let scope = name == "responses" ? device.responses.scope : try #require(scopes[name])
        var chain = Chain(scope: scope, replica: ReplicaID(rawValue: relay.random()), author: device.id)
        let written = try device.sync(push: [chain.segment()])
        #expect(written.refused.isEmpty == allowed.contains("w"), "\(role) writes \(name)")
        if !allowed.contains("w") {
            #expect(written.refused.first?.reason == RefusalReason.forbidden.rawValue)
        }
        let named = ScopeReport(scope: scope, vector: VersionVector(), digest: nil)
        let read = try device.sync(vectors: [named])
        let canRead = allowed.contains("r")
        #expect(try read.segments(in: scope).isEmpty != canRead, "\(role) reads \(name)")
        #expect((read.vector(of: scope) != nil) == canRead, "\(role) is told of \(name)")
        #expect(read.covered.contains(scope) == canRead)
        #expect(written.vector(of: scope) == nil || canRead)
        #expect(try pages(of: device).contains { try !$0.segments(in: scope).isEmpty } == canRead)
        #expect((read.roster?.scopes.contains { $0.scope == scope } ?? false) == canRead, "\(role) is listed \(name)")
    }

    @Test(arguments: table.indices) func `a role may do what the table says and no more`(row: Int) throws {
        guard table[row].role != "admin" || table[row].scope != "responses" else { return }
        try check(table[row].role, table[row].scope, table[row].allowed)
    }

    @Test(arguments: ["designer", "reviewer", "supervisor", "collector"], foreign)
    func `nobody reaches into another campaign`(role: String, scope: String) throws {
        try check(role, scope, "")
    }

    @Test func `the people of another campaign stay unknown`() throws {
        let collector = try #require(devices["collector"])
        let roster = try #require(try collector.sync().roster)
        #expect(roster.people.count == 6)
        #expect(Set(roster.teams.map(\.name)) == ["North", "South"])
    }
}
