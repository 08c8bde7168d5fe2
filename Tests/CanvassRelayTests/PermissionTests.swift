import CanvassCRDT
import CanvassWire
import Testing

/// Every role against every scope, as `ScopeRelation` has them, through a real relay. That the table itself is the one that
/// people agreed on is checked against the specification, which they read.
@Suite struct PermissionTests {
    struct Cell: CustomTestStringConvertible, Sendable {
        let role: Role
        let relation: ScopeRelation
        var testDescription: String { "\(role.rawValue), \(relation.title)" }
    }

    static let cells = Role.allCases.flatMap { role in ScopeRelation.allCases.map { Cell(role: role, relation: $0) } }

    let relay: TestRelay
    let admin: TestDevice
    let organisation: EntityID
    private var devices: [Role: TestDevice] = [:]
    private let winter: EntityID
    private let summer: EntityID
    private var teams: [String: ScopeID] = [:]
    private let teammate: TestDevice
    private let outsider: TestDevice
    private let stranger: TestDevice

    init() throws {
        relay = try TestRelay()
        admin = try relay.device("admin")
        winter = try relay.campaign("Winter", by: admin)
        summer = try relay.campaign("Summer", by: admin)
        organisation = try #require(try admin.sync().roster?.organisation)
        devices[.admin] = admin
        for role in Role.allCases where role != .admin {
            devices[role] = try relay.device(role.rawValue, campaign: "Winter", team: "North")
        }
        teammate = try relay.device("collector", campaign: "Winter", team: "North")
        outsider = try relay.device("collector", campaign: "Winter", team: "South")
        stranger = try relay.device("collector", campaign: "Summer", team: "East")
        for team in try #require(try admin.sync().roster).teams { teams[team.name] = ScopeID(.team, team.id) }
        // Something lies in every scope, so that whoever may read it gets it.
        try fill(teammate, [team("North"), teammate.responses.scope])
        try fill(outsider, [team("South"), outsider.responses.scope])
        try fill(stranger, [team("East"), stranger.responses.scope])
        try fill(admin, [ScopeID(.office, winter), ScopeID(.office, summer)])
    }

    private func team(_ name: String) throws -> ScopeID { try #require(teams[name]) }

    private func fill(_ device: TestDevice, _ scopes: [ScopeID]) throws {
        for scope in scopes {
            var chain = device.chain(in: scope)
            #expect(try device.sync(push: [chain.segment()]).refused.isEmpty, "\(scope)")
        }
    }

    /// The scopes that lie so to a device; none where the role cannot have such a one.
    private func scopes(_ cell: Cell, of device: TestDevice) throws -> [ScopeID] {
        let isAdmin = cell.role == .admin
        return switch cell.relation {
        case .roster: [ScopeID(.roster, organisation)]
        case .design: [ScopeID(.design, winter)] + (isAdmin ? [ScopeID(.design, summer)] : [])
        case .office: [ScopeID(.office, winter)] + (isAdmin ? [ScopeID(.office, summer)] : [])
        case .ownTeam: isAdmin ? [] : [try team("North")]
        case .otherTeam: [try team("South")] + (isAdmin ? [try team("North")] : [])
        case .ownResponses: cell.role == .collector ? [device.responses.scope] : []
        case .teamResponses: isAdmin ? [] : [teammate.responses.scope]
        case .otherResponses: [outsider.responses.scope] + (isAdmin ? [teammate.responses.scope] : [])
        case .foreign:
            isAdmin
                ? []
                : [
                    ScopeID(.design, summer), ScopeID(.office, summer), try team("East"), stranger.responses.scope,
                ]
        }
    }

    @Test(arguments: cells) func `a role may do what the table says and no more`(cell: Cell) throws {
        let device = try #require(devices[cell.role])
        for scope in try scopes(cell, of: device) {
            try check(device, scope, cell.relation.permission(of: cell.role), "\(cell.testDescription): \(scope)")
        }
    }

    private func check(
        _ device: TestDevice, _ scope: ScopeID, _ allowed: Permission, _ what: Comment
    ) throws {
        var chain = Chain(scope: scope, replica: ReplicaID(rawValue: relay.random()), author: device.id)
        let written = try device.sync(push: [chain.segment()])
        #expect(written.reasons == (allowed.write ? [] : [.forbidden]), what)
        #expect(written.vector(of: scope) == nil || allowed.read, what)
        let named = ScopeReport(scope: scope, vector: VersionVector(), digest: nil)
        let read = try device.sync(vectors: [named])
        #expect(try read.segments(in: scope).isEmpty != allowed.read, what)
        #expect((read.vector(of: scope) != nil) == allowed.read, what)
        #expect(read.covered.contains(scope) == allowed.read, what)
        #expect(read.seals.contains { $0.scope == scope } == allowed.read, what)
        #expect(try pages(of: device).contains { try !$0.segments(in: scope).isEmpty } == allowed.read, what)
        #expect((read.roster?.scopes.contains { $0.scope == scope } ?? false) == allowed.read, what)
        // Nor does a guess about what lies there bring an answer.
        let guess = ScopeReport(scope: scope, vector: chain.vector, digest: StateDigest())
        #expect(try device.sync(reports: [guess]).scopes.allSatisfy { $0.scope != scope || allowed.read }, what)
    }

    @Test func `the specification shows the table`() throws {
        func text(_ permission: Permission) -> String {
            switch (permission.read, permission.write) {
            case (true, true): "read, write"
            case (true, false): "read"
            case (false, true): "write"
            case (false, false): "–"
            }
        }
        let roles: [Role] = [.collector, .supervisor, .reviewer, .designer, .admin]
        #expect(Set(roles) == Set(Role.allCases))
        let rows = ScopeRelation.allCases.map { relation in
            [relation.title] + roles.map { text(relation.permission(of: $0)) }
        }
        #expect(try Specification.shows([["scope"] + roles.map(\.rawValue)] + rows))
    }

    @Test func `the people of another campaign stay unknown`() throws {
        let collector = try #require(devices[.collector])
        let roster = try #require(try collector.sync().roster)
        #expect(roster.people.count == 6)
        #expect(Set(roster.teams.map(\.name)) == ["North", "South"])
    }
}
