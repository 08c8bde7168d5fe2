import CanvassCRDT
import CanvassCoding
import CanvassWire

/// The device that a request comes from, with the memberships it acts for.
struct Caller: Sendable {
    let device: EntityID
    /// At least one; revoked members are left out.
    let memberships: [Membership]
    /// Of the device's first token.
    let tokenHash: [UInt8]
    /// Position of the last entry that may have let the device read more of what was there before.
    let granted: Int64

    /// The device as the author of its own changes.
    var author: Author {
        Author(device: device, memberships: memberships, tokenHash: tokenHash, isRevoked: false)
    }

    var isAdmin: Bool { memberships.contains { $0.roles.contains(.admin) } }

    /// Whether the scopes that the device may read can be many.
    var readsOthers: Bool { memberships.contains { $0.readsOthers } }

    /// What the device may do with a scope: whatever any of its memberships may.
    func permission(for owner: ScopeOwner) -> Permission { memberships.permission(for: owner) }
}

extension LogConnection {
    /// The caller that a token belongs to.
    ///
    /// - Throws: `Problem`: `unknown-token`, or `device-revoked` when the device or all it acts for was revoked.
    mutating func caller(tokenHash: [UInt8]) throws -> Caller {
        var statement = try cached(
            """
            SELECT id, revoked, token_hash, granted, coalesce(rotated_hash, token_hash) FROM device
            WHERE rotated_hash = ?1 OR token_hash = ?1 AND rotation = 0
            """)
        try statement.bind(tokenHash, at: 1)
        guard try statement.step(), constantTimeEquals(statement.bytes(at: 4), tokenHash) else {
            throw Problem(
                .unknownToken,
                "The relay does not know this device's token: it is another relay than the one this device joined, or "
                    + "it lost its data. Ask its operator; nothing is lost on this device.")
        }
        let device = try statement.id(at: 0)
        let memberships = try memberships(of: device)
        #if PLANTED_BUGS
            if planted(.revokedMayRead) {
                return Caller(device: device, memberships: memberships, tokenHash: tokenHash, granted: 0)
            }
        #endif
        guard statement.isNull(at: 1), !memberships.isEmpty else {
            throw Problem(
                .deviceRevoked,
                "Device \(device) has been revoked and may no longer sync. Ask an administrator for a new invite.")
        }
        return Caller(
            device: device, memberships: memberships, tokenHash: statement.bytes(at: 2), granted: statement.int64(at: 3)
        )
    }

    /// The members that a device acts for and that are not revoked.
    mutating func memberships(of device: EntityID) throws -> [Membership] {
        var statement = try cached(
            """
            SELECT member.id, campaign, roles, team FROM device_member JOIN member ON member.id = device_member.member
            WHERE device = ?1 AND revoked IS NULL ORDER BY member.id
            """)
        try statement.bind(device.bytes, at: 1)
        var memberships: [Membership] = []
        while try statement.step() { memberships.append(try statement.membership(from: 0)) }
        return memberships
    }
}

extension LogStatement {
    /// Reads the columns id, campaign, roles and team.
    func membership(from index: Int) throws -> Membership {
        Membership(
            member: try id(at: index), campaign: try optionalID(at: index + 1),
            roles: Set(storedRoles: text(at: index + 2)), team: try optionalID(at: index + 3))
    }
}

extension Set<Role> {
    /// Names separated by spaces, as the database holds them.
    init(storedRoles text: String) {
        self.init(text.split(separator: " ").compactMap { Role(rawValue: String($0)) })
    }

    var stored: String { sorted().map(\.rawValue).joined(separator: " ") }
}
