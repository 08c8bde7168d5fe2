import CanvassCRDT
import Testing

/// The permission table of the design, section 1, written out a second time: every role, kind of scope, and whether the
/// scope is the member's own, their team's, their campaign's or foreign.
@Suite struct MembershipTests {
    enum Nearness: CaseIterable { case own, team, campaign, foreign }

    struct Row: CustomTestStringConvertible {
        let role: Role
        let kind: ScopeKind
        let nearness: Nearness
        var testDescription: String { "\(role) \(kind.name) \(nearness)" }
    }

    static let rows = Role.allCases.flatMap { role in
        ScopeKind.allCases.flatMap { kind in
            Nearness.allCases.map { Row(role: role, kind: kind, nearness: $0) }
        }
    }

    private static func expected(_ row: Row) -> Permission {
        let all = Permission(read: true, write: true)
        let readOnly = Permission(read: true, write: false)
        let isForeign = row.nearness == .foreign
        switch (row.kind, row.role) {
        case (.roster, .admin), (.design, .admin), (.office, .admin): return all
        case (_, _) where isForeign: return .none
        case (.design, .designer): return all
        case (.design, _): return readOnly
        case (.office, .designer), (.office, .reviewer): return all
        case (.team, .admin): return .none
        case (.team, .reviewer) where row.nearness == .campaign: return readOnly
        case (.team, _) where row.nearness != .campaign: return all
        case (.responses, .reviewer): return all
        case (.responses, .collector) where row.nearness == .own: return all
        case (.responses, .supervisor) where row.nearness != .campaign: return all
        default: return .none
        }
    }

    @Test(arguments: rows) func `the table holds`(row: Row) {
        let (member, campaign, team) = (EntityID.sample(1), EntityID.sample(2), EntityID.sample(3))
        let membership = Membership(member: member, campaign: campaign, roles: [row.role], team: team)
        let isForeign = row.nearness == .foreign
        let isNear = row.nearness == .own || row.nearness == .team
        let owner = ScopeOwner(
            scope: ScopeID(row.kind, row.nearness == .own ? member : .sample(9)),
            campaign: row.kind == .roster ? nil : isForeign ? .sample(8) : campaign,
            team: isNear ? team : isForeign ? team : .sample(7))
        var expected = MembershipTests.expected(row)
        if row.kind == .roster { expected = row.role == .admin ? Permission(read: true, write: true) : .none }
        #expect(membership.permission(for: owner) == expected)
    }

    @Test func `an admin without a campaign designs every campaign and answers in none`() {
        let admin = Membership(member: .sample(1), campaign: nil, roles: [.admin])
        for kind in ScopeKind.allCases {
            let owner = ScopeOwner(scope: ScopeID(kind, .sample(5)), campaign: kind == .roster ? nil : .sample(2))
            let isAllowed = [.roster, .design, .office].contains(kind)
            #expect(admin.permission(for: owner) == Permission(read: isAllowed, write: isAllowed))
        }
    }

    @Test func `nobody without a role may do anything but read the design`() {
        let member = Membership(member: .sample(1), campaign: .sample(2), roles: [])
        for kind in ScopeKind.allCases {
            let owner = ScopeOwner(scope: ScopeID(kind, .sample(1)), campaign: .sample(2))
            #expect(member.permission(for: owner) == Permission(read: kind == .design, write: false))
        }
    }

    @Test func `two members without a team are not in one team`() {
        let supervisor = Membership(member: .sample(1), campaign: .sample(2), roles: [.supervisor])
        let owner = ScopeOwner(scope: ScopeID(.responses, .sample(3)), campaign: .sample(2))
        #expect(supervisor.permission(for: owner) == .none)
    }

    @Test func `roles add up`() {
        let member = Membership(member: .sample(1), campaign: .sample(2), roles: [.collector, .reviewer])
        let office = ScopeOwner(scope: ScopeID(.office, .sample(2)), campaign: .sample(2))
        #expect(member.permission(for: office) == Permission(read: true, write: true))
    }
}

@Suite struct EntityKindTests {
    @Test func `every kind has the scopes of the table`() {
        let design: Set<EntityKind> = [.campaign, .team, .survey, .item, .choice, .publishedVersion, .publishedPart]
        for kind in EntityKind.allCases {
            let expected: Set<ScopeKind> =
                switch kind {
                case .member, .device, .grant, .invite: [.roster]
                case .contact: [.office, .team]
                case .attempt: [.team]
                case .response, .review: [.responses]
                case .note: [.office, .responses]
                case .erasure: [.roster, .office, .team, .responses]
                case .mark: [.roster, .design, .office, .team, .responses]
                default: [.design]
                }
            #expect(kind.scopes == expected)
            #expect(design.contains(kind) == (expected == [.design]))
        }
    }
}
