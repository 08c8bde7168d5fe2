import CanvassCRDT
import CanvassCoding
import Testing

@Suite struct MergePolicyTests {
    @Test(arguments: [
        ("item", "place"), ("choice", "place"), ("note", "place"), ("response", "@findings"), ("response", "@row"),
        ("response", "@finished"), ("review", "state"), ("survey", "version"), ("version", "number"),
        ("version-part", "bytes"), ("member", "name"), ("device", "tokenHash"), ("invite", "uses"), ("hologram", "a"),
    ])
    func `nobody is asked about what has a right answer`(_ kind: String, _ field: String) {
        #expect(MergePolicy.of(field, kind: kind) == .winner)
    }

    @Test(arguments: [
        ("response", "recommend"), ("item", "label"), ("item", "version"), ("survey", "title"), ("survey", "languages"),
        ("campaign", "name"), ("review", "text"), ("note", "state"), ("note", "@findings"), ("response", "places"),
    ])
    func `a person is asked about everything else`(_ kind: String, _ field: String) {
        #expect(MergePolicy.of(field, kind: kind) == .person)
        #expect(MergePolicy.of(field, element: 1, kind: kind) == .winner)
    }

    @Test func `the state names as conflicts what the table says`() {
        var digest = StateDigest()
        var state = EntityState(kind: "response", entity: .sample(1))
        for replica in 1...2 as ClosedRange<UInt64> {
            let value = Value.integer(Int64(replica))
            state.apply(
                EntityEdit(
                    kind: "response", entity: .sample(1),
                    operations: [
                        Operation(.put(value), field: "recommend"), Operation(.put(value), field: "@findings"),
                        Operation(.put(value), field: "tags", element: "x"),
                    ]), dot: Dot(replica: ReplicaID(rawValue: replica), sequence: 1, check: replica),
                stamp: Stamp(milliseconds: 0), digest: &digest
            ) { _ in false }
        }
        #expect(state.cells.allSatisfy { $0.cell.versions.count == 2 })
        #expect(state.cells.filter { !state.conflicts(in: $0).isEmpty }.map(\.field) == ["recommend"])
    }
}
