import CanvassCRDT
import CanvassCoding

/// Who may do what, as the relay's changes in the roster say it; made from the log alone, not from the relay's tables.
struct Organisation {
    struct Member {
        let id: EntityID
        var roles: Set<Role>
        var team: EntityID?
        /// What set the roles and the team.
        var source: ModelChange?
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
    /// Takes in a change that a relay wrote into the roster, in the order of its log (Protocol/README.md, section 10, and
    /// 14, Recovery).
    mutating func replay(_ dot: Dot, of roster: ScopeModel) throws {
        guard let entry = roster.entry(of: dot), entry.model.author == id else { return }
        for edit in entry.model.edits where edit.kind == "member" { try member(edit, entry, roster) }
        for edit in entry.model.edits where edit.kind == "device" { try device(edit) }
    }

    private mutating func member(_ edit: ModelChange.Edit, _ entry: ScopeModel.Entry, _ roster: ScopeModel) throws {
        let id = try EntityID(bytes: edit.entity)
        if !members.contains(where: { $0.id == id }) {
            guard edit.operations.contains(where: { $0.field == "name" }) else { return }
            members.append(Member(id: id, roles: [], team: nil))
        }
        guard let index = members.firstIndex(where: { $0.id == id }) else { return }
        if let roles = try edit.value("roles")?.listValue, entry.replaces(members[index].source, in: roster) {
            members[index].source = entry.model
            members[index].roles = Set(roles.compactMap { $0.textValue.flatMap(Role.init(rawValue:)) })
            members[index].team = try edit.value("team")?.bytesValue.map { try EntityID(bytes: $0) }
        }
        if try edit.value("revoked") != nil { members[index].isRevoked = true }
    }

    private mutating func device(_ edit: ModelChange.Edit) throws {
        let id = try EntityID(bytes: edit.entity)
        if devices[id] == nil {
            guard edit.operations.contains(where: { $0.field == "tokenHash" }) else { return }
            devices[id] = Device(id: id, members: [])
        }
        for operation in edit.operations where operation.field == "member" {
            guard let element = operation.element, let bytes = try CBOR.decode(element).bytesValue else { continue }
            let member = try EntityID(bytes: bytes)
            guard members.contains(where: { $0.id == member }), devices[id]?.members.contains(member) == false else {
                continue
            }
            devices[id]?.members.append(member)
        }
        if try edit.value("revoked") != nil { devices[id]?.isRevoked = true }
    }

    func member(_ id: EntityID) -> Member? { members.first { $0.id == id } }

    /// Whether the device may still sync.
    func isEnrolled(_ device: EntityID) -> Bool { !memberships(of: device).isEmpty }

    func memberships(of device: EntityID) -> [Member] {
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

    /// Whether the device may read or write a scope, or might before it was revoked.
    func mayEverRead(_ scope: ScopeID, _ device: EntityID) -> Bool {
        members.contains { member in
            devices[device]?.members.contains(member.id) == true && (reads(member, scope) || writes(member, scope))
        }
    }

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
        guard members.contains(where: { $0.id == collector && $0.roles.contains(.collector) }) else { return false }
        if member.id == collector { return member.roles.contains(.collector) || member.roles.contains(.reviewer) }
        if member.roles.contains(.reviewer) { return true }
        guard member.roles.contains(.supervisor), let team = member.team else { return false }
        return members.contains { $0.id == collector && $0.team == team }
    }
}

extension ScopeModel.Entry {
    /// Whether what the change puts wins against what another put: section 7.
    fileprivate func replaces(_ other: ModelChange?, in scope: ScopeModel) -> Bool {
        guard let other, let number = scope.number(of: other.dot) else { return true }
        return past.contains(number) || (other.stamp, other.dot) < (model.stamp, model.dot)
    }
}

extension ModelChange.Edit {
    /// What is put into a field that is no set.
    fileprivate func value(_ field: String) throws -> Value? {
        for operation in operations where operation.form == .put && operation.field == field && operation.element == nil
        {
            return try CBOR.decode(operation.value)
        }
        return nil
    }
}
