/// A person in a campaign, as the permission table sees them.
public struct Membership: Sendable, Hashable {
    public var member: EntityID
    /// Nil for an admin, who belongs to the organisation as a whole.
    public var campaign: EntityID?
    public var roles: Set<Role>
    public var team: EntityID?

    public init(member: EntityID, campaign: EntityID?, roles: Set<Role>, team: EntityID? = nil) {
        self.member = member
        self.campaign = campaign
        self.roles = roles
        self.team = team
    }
}

/// Whose a scope is: what the permission table needs to know of it.
public struct ScopeOwner: Sendable, Hashable {
    public var scope: ScopeID
    /// The campaign that the scope belongs to; nil for the roster.
    public var campaign: EntityID?
    /// The team itself for a team's scope, the owning member's team for a responses scope.
    public var team: EntityID?

    public init(scope: ScopeID, campaign: EntityID?, team: EntityID? = nil) {
        self.scope = scope
        self.campaign = campaign
        self.team = team
    }
}

/// What somebody may do with a scope.
public struct Permission: Sendable, Hashable {
    public var read: Bool
    public var write: Bool

    public init(read: Bool, write: Bool) {
        self.read = read
        self.write = write
    }

    public static let none = Permission(read: false, write: false)
}

extension Membership {
    /// The permission table of the protocol (design, section 1), the only place where it stands in code: relay and
    /// client both ask here.
    public func permission(for owner: ScopeOwner) -> Permission {
        let isAdmin = roles.contains(.admin)
        if owner.scope.kind == .roster { return Permission(read: isAdmin, write: isAdmin) }
        let belongs = campaign != nil && campaign == owner.campaign
        let isDesigner = isAdmin || belongs && roles.contains(.designer)
        let isReviewer = belongs && roles.contains(.reviewer)
        let isOwnTeam = belongs && team != nil && team == owner.team
        switch owner.scope.kind {
        case .roster: return .none
        case .design: return Permission(read: isAdmin || belongs, write: isDesigner)
        case .office:
            let allowed = isDesigner || isReviewer
            return Permission(read: allowed, write: allowed)
        case .team: return Permission(read: isOwnTeam || isReviewer, write: isOwnTeam)
        case .responses:
            let isOwn = belongs && owner.scope.id == member && roles.contains(.collector)
            let allowed = isOwn || isReviewer || isOwnTeam && roles.contains(.supervisor)
            return Permission(read: allowed, write: allowed)
        }
    }
}
