public import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore

/// Why feedback is collected: the frame that surveys, people and responses belong to.
public struct Campaign: Sendable, Hashable {
    public var id: EntityID
    public var name: String
    public var goal: String?

    /// The scope that the campaign, its surveys and its published versions live in.
    var design: ScopeID { ScopeID(.design, id) }
}

extension Campaign {
    init?(_ entity: Entity) {
        guard let name = entity["name"]?.textValue else { return nil }
        self.init(id: entity.id, name: name, goal: entity["goal"]?.textValue)
    }
}

extension Replica {
    /// Makes a campaign.
    ///
    /// - Parameter name: what invites name it by; no two campaigns of a replica share one.
    @discardableResult
    public func createCampaign(named name: String, goal: String? = nil) throws(CanvassError) -> Campaign {
        guard !name.isEmpty, name.utf8.count <= 200 else {
            throw CanvassError(
                .invalidInput, "A campaign's name has 1 to 200 bytes", remedy: "Choose another name.")
        }
        let campaign = Campaign(id: newID(), name: name, goal: goal)
        try write { connection in
            if try connection.campaigns().contains(where: { $0.name == name }) {
                throw CanvassError(
                    .invalidInput, "There is a campaign named \"\(name)\" already", remedy: "Choose another name.")
            }
            try connection.requireWrite(to: campaign.design, what: "campaigns")
            var operations = [Operation(.put(.text(name)), field: "name")]
            if let goal { operations.append(Operation(.put(.text(goal)), field: "goal")) }
            let edit = EntityEdit(
                kind: EntityKind.campaign.rawValue, entity: campaign.id, operations: operations)
            return [Edit(scope: campaign.design, edits: [edit])]
        }
        return campaign
    }

    /// Every campaign that this replica holds, by age.
    public func campaigns() throws(CanvassError) -> [Campaign] {
        try read { connection in try connection.campaigns() }
    }

    /// The campaign of that name or id; without a name, the only one there is.
    public func campaign(named name: String? = nil) throws(CanvassError) -> Campaign {
        let campaigns = try campaigns()
        let matches = campaigns.filter { name == nil || $0.name == name || $0.id.description == name }
        if matches.count == 1, let match = matches.first { return match }
        let known = campaigns.isEmpty ? "none" : campaigns.map(\.name).joined(separator: ", ")
        guard matches.isEmpty else {
            throw CanvassError(
                .ambiguous, "There are several campaigns: \(known)", remedy: "Say which one with --campaign.")
        }
        throw CanvassError(
            .notFound, name.map { "There is no campaign \"\($0)\"; known: \(known)" } ?? "There is no campaign yet",
            remedy: "Make one with 'canvass campaign create NAME', or sync first.")
    }
}

extension Connection {
    mutating func campaigns() throws -> [Campaign] {
        try entities(ofKind: .campaign).compactMap(Campaign.init)
    }
}
