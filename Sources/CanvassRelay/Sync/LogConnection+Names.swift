import CanvassCRDT
import CanvassCoding
import CanvassSQLite

extension LogConnection {
    /// Reads the names of the campaign and of its teams from a design change, for invites and listings; a team that is
    /// new gets its scope.
    mutating func learnNames(from verdicts: [Verdict], campaign: EntityID, at position: Int64) throws {
        var isChanged = false
        for verdict in verdicts {
            for edit in verdict.edits {
                let name = edit.operations.last { $0.field == "name" && $0.element == nil }
                guard let name, case .put(.text(let text)) = name.action else { continue }
                let stamp = name.stamp(base: verdict.judged.head.stamp).milliseconds
                switch EntityKind(rawValue: edit.kind) {
                case .campaign where edit.entity == campaign:
                    try run(
                        "UPDATE campaign SET name = ?2, name_stamp = ?3 WHERE id = ?1 AND name_stamp <= ?3",
                        .blob(campaign.bytes), .text(text), .integer(stamp))
                case .team:
                    try saveTeam(edit.entity, campaign: campaign, name: text, stamp: stamp)
                default: continue
                }
                isChanged = true
            }
        }
        if isChanged { try touchRosters(of: [campaign], at: position) }
    }

    /// Writes a team down, new or renamed, with its scope. A team never moves to another campaign.
    mutating func saveTeam(_ id: EntityID, campaign: EntityID, name: String, stamp: Int64) throws {
        try run(
            """
            INSERT INTO team (id, campaign, name, name_stamp) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_stamp = excluded.name_stamp
            WHERE team.campaign = excluded.campaign AND team.name_stamp <= excluded.name_stamp
            """,
            .blob(id.bytes), .blob(campaign.bytes), .text(name), .integer(stamp))
        try createScope(ScopeID(.team, id), campaign: campaign)
    }
}
