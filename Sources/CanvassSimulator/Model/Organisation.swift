import CanvassCRDT

/// Who may do what, as the operator of the relay arranged it; kept outside the system.
struct Organisation {
    struct Member {
        let id: EntityID
        var roles: Set<Role>
        var team: EntityID?
        var isRevoked = false
    }

    struct Device {
        let id: EntityID
        var members: [EntityID]
        var isRevoked = false
    }

    let id: EntityID
    let campaign: EntityID
    var teams: [EntityID] = []
    private(set) var members: [Member] = []
    private(set) var devices: [EntityID: Device] = [:]

    init(id: EntityID, campaign: EntityID) {
        self.id = id
        self.campaign = campaign
    }
}

extension Organisation {
    /// Notes that a device joined with an invite and now acts for `member`.
    mutating func join(_ device: EntityID, as member: EntityID, roles: Set<Role>, team: EntityID?) {
        if let index = members.firstIndex(where: { $0.id == member }) {
            members[index].roles.formUnion(roles)
            members[index].team = team ?? members[index].team
        } else {
            members.append(Member(id: member, roles: roles, team: team))
        }
        if devices[device]?.members.contains(member) == true { return }
        devices[device, default: Device(id: device, members: [])].members.append(member)
    }

    mutating func revoke(device: EntityID) { devices[device]?.isRevoked = true }

    mutating func revoke(member: EntityID) {
        guard let index = members.firstIndex(where: { $0.id == member }) else { return }
        members[index].isRevoked = true
    }

    /// Whether the device may still sync.
    func isEnrolled(_ device: EntityID) -> Bool { !memberships(of: device).isEmpty }

    private func memberships(of device: EntityID) -> [Member] {
        guard let device = devices[device], !device.isRevoked else { return [] }
        return members.filter { device.members.contains($0.id) && !$0.isRevoked }
    }

    /// Every scope that there is.
    var scopes: [ScopeID] {
        let collectors = members.filter { $0.roles.contains(.collector) }
        return [ScopeID(.roster, id), ScopeID(.design, campaign), ScopeID(.office, campaign)]
            + teams.map { ScopeID(.team, $0) } + collectors.map { ScopeID(.responses, $0.id) }
    }

    func mayRead(_ scope: ScopeID, _ device: EntityID) -> Bool { memberships(of: device).contains { reads($0, scope) } }

    func mayWrite(_ scope: ScopeID, _ device: EntityID) -> Bool {
        memberships(of: device).contains { writes($0, scope) }
    }

    /// Section 9 of Protocol/README.md, column "read by".
    private func reads(_ member: Member, _ scope: ScopeID) -> Bool {
        let isAdmin = member.roles.contains(.admin)
        switch scope.kind {
        case .roster: return isAdmin
        case .design: return scope.id == campaign
        case .office: return isAdmin || member.roles.contains(.designer) || member.roles.contains(.reviewer)
        case .team: return member.team == scope.id || member.roles.contains(.reviewer)
        case .responses: return readsResponses(member, of: scope.id)
        }
    }

    /// Section 9, column "written by".
    private func writes(_ member: Member, _ scope: ScopeID) -> Bool {
        switch scope.kind {
        case .roster: return member.roles.contains(.admin)
        case .design: return member.roles.contains(.admin) || member.roles.contains(.designer)
        case .office: return reads(member, scope)
        case .team: return member.team == scope.id
        case .responses: return readsResponses(member, of: scope.id)
        }
    }

    private func readsResponses(_ member: Member, of collector: EntityID) -> Bool {
        if member.id == collector { return member.roles.contains(.collector) || member.roles.contains(.reviewer) }
        if member.roles.contains(.reviewer) { return true }
        guard member.roles.contains(.supervisor), let team = member.team else { return false }
        return members.contains { $0.id == collector && $0.team == team }
    }
}
