import CanvassCRDT
import CanvassCoding
import Testing

@Suite struct CellTests {
    private func version(_ replica: UInt64, stamp: Int64, _ value: Value) -> Version {
        Version(
            dot: Dot(replica: ReplicaID(rawValue: replica), sequence: 1, check: 0), stamp: Stamp(milliseconds: stamp),
            value: value)
    }

    @Test func `the greatest stamp wins, and ties fall to the dot`() {
        let versions = [version(1, stamp: 5, "a"), version(3, stamp: 4, "b"), version(2, stamp: 5, "c")]
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let cell = Cell(order.map { versions[$0] })
            #expect(cell.versions.map(\.value) == ["c", "a", "b"])
            #expect(cell.winner?.value == "c")
        }
    }

    @Test func `equal values are no conflict, byte for byte`() {
        let same = Cell([version(1, stamp: 1, "a"), version(2, stamp: 2, "a")])
        #expect(same.conflicting.isEmpty)
        #expect(same.versions.count == 2)
        let spellings = Cell([version(1, stamp: 1, "\u{e9}"), version(2, stamp: 2, "e\u{301}")])
        #expect(spellings.conflicting.count == 1)
        #expect(Cell().conflicting.isEmpty)
    }

    @Test func `a replacement removes what is named and nothing else`() {
        var cell = Cell([version(1, stamp: 1, "a"), version(2, stamp: 2, "b"), version(3, stamp: 3, "c")])
        let removed = cell.replace(with: version(4, stamp: 0, "d")) { $0.replica.rawValue % 2 == 1 }
        #expect(removed.map(\.value) == ["c", "a"])
        #expect(cell.versions.map(\.value) == ["b", "d"])
        #expect(cell.replace(with: nil) { _ in true }.count == 2)
        #expect(cell.winner == nil)
    }
}
