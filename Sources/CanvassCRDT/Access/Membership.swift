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
    public static let all = Permission(read: true, write: true)

    /// What either allows.
    public func union(_ other: Permission) -> Permission {
        Permission(read: read || other.read, write: write || other.write)
    }
}
