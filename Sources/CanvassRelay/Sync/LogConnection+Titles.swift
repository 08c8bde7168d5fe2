import CanvassCRDT
import CanvassSQLite

extension LogConnection {
    /// What a person calls a scope: “the design of campaign “Winter””; by its id where it has no name, or where the caller
    /// is no member of its campaign and may not learn of it.
    mutating func title(of scope: ScopeID, in campaign: EntityID?, for caller: Caller) throws -> String {
        guard caller.isAdmin || caller.memberships.contains(where: { $0.campaign == campaign }),
            let name = try name(of: scope)
        else { return "\(scope)" }
        return switch scope.kind {
        case .roster: "the roster"
        case .design: "the design of campaign “\(name)”"
        case .office: "the office notes of campaign “\(name)”"
        case .team: "what belongs to team “\(name)”"
        case .responses: "the responses of “\(name)”"
        }
    }

    private mutating func name(of scope: ScopeID) throws -> String? {
        let found: String?
        switch scope.kind {
        case .roster: return ""
        case .design, .office: found = try name("SELECT name FROM campaign WHERE id = ?1", scope.id)
        case .team: found = try name("SELECT name FROM team WHERE id = ?1", scope.id)
        case .responses: found = try name("SELECT name FROM member WHERE id = ?1", scope.id)
        }
        return found.flatMap { $0.isEmpty ? nil : $0 }
    }

    private mutating func name(_ query: StaticString, _ id: EntityID) throws -> String? {
        var statement = try cached(query)
        try statement.bind(id.bytes, at: 1)
        return try statement.step() ? statement.text(at: 0) : nil
    }
}
