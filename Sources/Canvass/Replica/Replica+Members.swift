public import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore

/// A person in a campaign, as the relay last told.
public struct Member: Sendable, Hashable {
    public var membership: Membership
    public var name: String
    public var language: String?
    /// Whether this device acts as the member.
    public var isOwn: Bool

    public var id: EntityID { membership.member }
}

extension Replica {
    /// Everybody this replica knows of; nobody before the first sync.
    public func members() throws(CanvassError) -> [Member] {
        try read { connection in try connection.members() }
    }

    /// The member that this device collects for a campaign as.
    ///
    /// - Throws: `CanvassError.notPermitted` when it does not.
    package func collector(for campaign: EntityID) throws(CanvassError) -> Member {
        try read { connection in try connection.ownCollector(for: campaign) }
    }
}

extension Connection {
    mutating func members() throws -> [Member] {
        try members("SELECT id, name, campaign, roles, team, language, is_own FROM member ORDER BY name, id")
    }

    /// The members that this device acts as.
    mutating func ownMembers() throws -> [Member] {
        try members(
            "SELECT id, name, campaign, roles, team, language, is_own FROM member WHERE is_own ORDER BY name, id")
    }

    private mutating func members(_ sql: StaticString) throws -> [Member] {
        var statement = try cached(sql)
        defer { statement.reset() }
        var members: [Member] = []
        while try statement.step() {
            let roles = statement.text(at: 3).split(separator: " ").compactMap { Role(rawValue: String($0)) }
            members.append(
                Member(
                    membership: Membership(
                        member: try EntityID(bytes: statement.bytes(at: 0)),
                        campaign: statement.isNull(at: 2) ? nil : try EntityID(bytes: statement.bytes(at: 2)),
                        roles: Set(roles),
                        team: statement.isNull(at: 4) ? nil : try EntityID(bytes: statement.bytes(at: 4))),
                    name: statement.text(at: 1), language: statement.isNull(at: 5) ? nil : statement.text(at: 5),
                    isOwn: statement.int64(at: 6) != 0))
        }
        return members
    }

    /// The name of whoever works on a device, as the members of a campaign know them.
    mutating func name(ofDevice device: EntityID, campaign: EntityID?) throws -> String? {
        var statement = try cached(
            """
            SELECT member.name FROM device JOIN member ON member.id = device.member
            WHERE device.id = ?1 ORDER BY member.campaign IS NOT ?2, member.campaign IS NULL DESC LIMIT 1
            """)
        try statement.bind(device.bytes, at: 1)
        try statement.bind(campaign?.bytes, at: 2)
        defer { statement.reset() }
        return try statement.step() ? statement.text(at: 0) : nil
    }

    /// The scope that the own responses of a campaign go to.
    ///
    /// - Throws: `CanvassError` when this device does not collect for the campaign.
    mutating func ownResponsesScope(of campaign: EntityID) throws -> ScopeID {
        ScopeID(.responses, try ownCollector(for: campaign).id)
    }

    fileprivate mutating func ownCollector(for campaign: EntityID) throws -> Member {
        let collector = try ownMembers().first {
            $0.membership.campaign == campaign && $0.membership.roles.contains(.collector)
        }
        guard let collector else {
            let name = try entity(campaign, kind: .campaign)?["name"]?.textValue ?? campaign.description
            throw CanvassError(
                .notPermitted, "This device does not collect for the campaign \"\(name)\"",
                remedy: "Ask for an invite with the role collector, join with it and sync.")
        }
        return collector
    }

    /// Checks that this device may write a scope, by the table that the relay goes by, too.
    ///
    /// A device that never joined may prepare campaigns: nobody has said yet what it may do.
    mutating func requireWrite(to scope: ScopeID, what: String) throws {
        let members = try ownMembers()
        guard !members.isEmpty else {
            if scope.kind == .design { return }
            throw CanvassError(
                .notJoined, "This device has not joined an organisation yet",
                remedy: "Join with the link of an invite: canvass join LINK")
        }
        let owner = try scopeOwner(scope)
        guard members.contains(where: { $0.membership.permission(for: owner).write }) else {
            let roles = Set(members.flatMap(\.membership.roles)).sorted().map(\.rawValue).joined(separator: ", ")
            throw CanvassError(
                .notPermitted, "Your role (\(roles)) does not allow you to change \(what)",
                remedy: "Ask an admin for an invite with a role that does.")
        }
    }

    private mutating func scopeOwner(_ scope: ScopeID) throws -> ScopeOwner {
        var statement = try cached("SELECT campaign, team FROM scope WHERE scope = ?1 AND is_granted")
        try statement.bind(scope.bytes, at: 1)
        defer { statement.reset() }
        guard try statement.step() else {
            // A scope that the relay has not granted yet: a design of our own making, judged by its campaign.
            return ScopeOwner(scope: scope, campaign: scope.kind == .design ? scope.id : nil)
        }
        return ScopeOwner(
            scope: scope, campaign: statement.isNull(at: 0) ? nil : try EntityID(bytes: statement.bytes(at: 0)),
            team: statement.isNull(at: 1) ? nil : try EntityID(bytes: statement.bytes(at: 1)))
    }
}
