/// How a scope lies to a member, and what each role may do with it then: the permission table of the protocol (design,
/// section 1), the only place where it stands in code. Relay and client both ask here, the table in Protocol/README.md,
/// section 9, shows it, and the tests of who reaches what go through it row by row.
package enum ScopeRelation: Sendable, Hashable, CaseIterable {
    case roster
    case design
    case office
    case ownTeam
    case otherTeam
    case ownResponses
    case teamResponses
    case otherResponses
    /// Of another campaign, whatever kind it is.
    case foreign

    /// In the order of the roles: collector, supervisor, reviewer, designer, admin.
    private var row: (Permission, Permission, Permission, Permission, Permission) {
        let (none, read, all) = (Permission.none, Permission(read: true, write: false), Permission.all)
        return switch self {
        case .roster: (none, none, none, none, all)
        case .design: (read, read, read, all, all)
        case .office: (none, none, all, all, all)
        case .ownTeam: (all, all, all, all, none)
        case .otherTeam: (none, none, read, none, none)
        case .ownResponses: (all, all, all, none, none)
        case .teamResponses: (none, all, all, none, none)
        case .otherResponses: (none, none, all, none, none)
        case .foreign: (none, none, none, none, none)
        }
    }

    package func permission(of role: Role) -> Permission {
        let row = row
        return switch role {
        case .collector: row.0
        case .supervisor: row.1
        case .reviewer: row.2
        case .designer: row.3
        case .admin: row.4
        }
    }

    /// In the words of the protocol.
    package var title: String {
        switch self {
        case .roster: "the roster"
        case .design: "the design"
        case .office: "the office"
        case .ownTeam: "the own team"
        case .otherTeam: "another team"
        case .ownResponses: "the own responses"
        case .teamResponses: "responses of the own team"
        case .otherResponses: "other responses"
        case .foreign: "any scope of another campaign"
        }
    }
}

extension Membership {
    /// What this member may do with a scope.
    public func permission(for owner: ScopeOwner) -> Permission {
        // Whoever belongs to a campaign reads its design, with a role or without.
        let isMember = owner.scope.kind == .design && isMember(of: owner)
        return roles.reduce(Permission(read: isMember, write: false)) { allowed, role in
            allowed.union(relation(to: owner, as: role).permission(of: role))
        }
    }

    /// Whether this member may read scopes beside those of the campaign itself, of the own team and of the member.
    package var readsOthers: Bool {
        let others: [ScopeRelation] = [.roster, .otherTeam, .teamResponses, .otherResponses]
        return roles.contains { role in others.contains { $0.permission(of: role).read } }
    }

    /// An admin counts in every campaign, everybody else in their own.
    private func relation(to owner: ScopeOwner, as role: Role) -> ScopeRelation {
        if owner.scope.kind == .roster { return .roster }
        guard role == .admin || isMember(of: owner) else { return .foreign }
        let isOwnTeam = team != nil && team == owner.team
        return switch owner.scope.kind {
        case .roster: .roster
        case .design: .design
        case .office: .office
        case .team: isOwnTeam ? .ownTeam : .otherTeam
        case .responses:
            owner.scope.id == member ? .ownResponses : isOwnTeam ? .teamResponses : .otherResponses
        }
    }

    private func isMember(of owner: ScopeOwner) -> Bool { campaign != nil && campaign == owner.campaign }
}
