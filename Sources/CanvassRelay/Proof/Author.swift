import CanvassCRDT

/// The device that made a change, as the roster stands now.
struct Author {
    let device: EntityID
    /// Revoked members are left out.
    let memberships: [Membership]
    /// Of the device's first token.
    let tokenHash: [UInt8]
    /// The device itself, or everybody it acts for.
    let isRevoked: Bool
}

extension LogConnection {
    /// The same device as if neither it nor anybody it acts for had been revoked.
    mutating func authorBeforeRevocation(_ author: Author) throws -> Author {
        var statement = try cached(
            """
            SELECT member.id, campaign, roles, team FROM device_member JOIN member ON member.id = device_member.member
            WHERE device = ?1 ORDER BY member.id
            """)
        try statement.bind(author.device.bytes, at: 1)
        var memberships: [Membership] = []
        while try statement.step() { memberships.append(try statement.membership(from: 0)) }
        return Author(
            device: author.device, memberships: memberships, tokenHash: author.tokenHash, isRevoked: false)
    }

    /// Nil for a device that is not enrolled.
    mutating func author(_ device: EntityID) throws -> Author? {
        var statement = try cached("SELECT token_hash, revoked FROM device WHERE id = ?1")
        try statement.bind(device.bytes, at: 1)
        guard try statement.step() else { return nil }
        let memberships = try memberships(of: device)
        return Author(
            device: device, memberships: memberships, tokenHash: statement.bytes(at: 0),
            isRevoked: !statement.isNull(at: 1) || memberships.isEmpty)
    }
}

extension [Membership] {
    /// Whatever any of them may do.
    func permission(for owner: ScopeOwner) -> Permission {
        reduce(.none) { $0.union($1.permission(for: owner)) }
    }
}
