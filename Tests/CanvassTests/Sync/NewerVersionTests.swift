import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassStore
import Testing

@Suite struct NewerVersionTests {
    @Test func `what only a newer version understands passes through relay and replicas, and is counted`() async throws
    {
        let world = try World()
        let dana = try await world.designer()
        let dora = try await world.join("Dora", ["designer"])
        #expect(try dana.status().newer.changes == 0)
        let scope = ScopeID(.design, try dana.campaign().id)
        let edits = [
            EntityEdit(
                kind: "hologram", entity: EntityID(milliseconds: 0, random: (1, 4)),
                operations: [Operation(.put(1), field: "depth")]),
            EntityEdit(
                kind: "note", entity: EntityID(milliseconds: 0, random: (1, 8)),
                operations: [
                    Operation(.unknown([0x82, 0x18, 0x63, 0x00]), field: ""),
                    Operation(.put(.foreign([0xC1, 0x00])), field: "when"),
                ]),
        ]
        try dana.store.commit(edits.prefix(1).map { Edit(scope: scope, edits: [$0]) }, clockMilliseconds: 0)
        let office = ScopeID(.office, scope.id)
        try dana.store.commit([Edit(scope: office, edits: [edits[1]])], clockMilliseconds: 0)
        try await settleAll(dana, dora)
        let late = try await world.join("Lea", ["designer"])
        for replica in [dana, dora, late] {
            let newer = try replica.status().newer
            #expect(newer.changes == 2 && newer.withOperations == 1 && newer.withKinds == 1 && newer.withValues == 1)
            #expect(try agreement(dana, replica).differing.isEmpty)
        }
        // And what is known goes on beside it.
        try late.importSurvey(.rich, into: late.campaign())
        try await settleAll(late, dana)
        #expect(try dana.draft(of: dana.survey(named: "rich")) == .rich)
    }
}
