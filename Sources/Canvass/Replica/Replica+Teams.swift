public import CanvassCRDT
import CanvassSQLite
import CanvassStore

/// A group of members who work on one list of contacts, as the relay last told.
public struct Team: Sendable, Hashable {
    public var id: EntityID
    public var name: String
}

extension Replica {
    /// The teams this replica knows of, by name; none before the first sync.
    public func teams() throws(CanvassError) -> [Team] {
        try read { connection in
            var statement = try connection.cached("SELECT id, name FROM team ORDER BY name, id")
            defer { statement.reset() }
            var teams: [Team] = []
            while try statement.step() {
                teams.append(Team(id: try EntityID(bytes: statement.bytes(at: 0)), name: statement.text(at: 1)))
            }
            return teams
        }
    }
}
