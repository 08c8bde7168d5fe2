import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassSimulator
import CanvassStore
import Testing

/// What can be read of a log whose sync failed is not on the disk, and what is written behind it would be lost with it.
@Suite struct SettledLogTests {
    private let scope = ScopeID(.responses, EntityID(milliseconds: 1, random: (0, 0)))

    private func record(_ store: ReplicaStore, _ number: Int64) throws -> Change? {
        let edit = EntityEdit(
            kind: "note", entity: EntityID(milliseconds: number, random: (0, 0)),
            operations: [Operation(.put(.integer(number)), field: "a")])
        return try store.commit([Edit(scope: scope, edits: [edit])], clockMilliseconds: 1).first
    }

    private func tips(_ store: ReplicaStore) throws -> [Dot] {
        try store.database.read { try $0.vector(of: scope) }.dots
    }

    /// A replica that was opened again after an operation of its disk had failed while changes were recorded.
    ///
    /// - Returns: with it the changes whose commits said that they are safe.
    private func reopened(failingAt operation: Int) throws -> (CrashDisk, ReplicaStore, acknowledged: [Dot]) {
        let disk = CrashDisk(seed: UInt64(operation))
        var random = SplitMix64(seed: 1)
        let process = disk.startProcess()
        let store = try ReplicaStore.create(path: "replica", on: process, clockMilliseconds: 1, using: &random)
        var acknowledged: [Dot] = []
        process.fail(at: operation, with: .ioError)
        for number in Int64(1)...3 {
            guard let change = try? record(store, number) else { break }
            acknowledged.append(change.dot)
        }
        process.stop()
        return (disk, try ReplicaStore.open(path: "replica", on: disk.startProcess()), acknowledged)
    }

    @Test func `a change behind a failed sync outlives the power, whatever failed`() throws {
        var unsaid = 0
        for operation in 1...60 {
            let (disk, store, acknowledged) = try reopened(failingAt: operation)
            if let tip = try tips(store).first, !acknowledged.contains(tip) { unsaid += 1 }
            let last = try #require(try record(store, 4))
            disk.cutPower(keeping: .none, seed: 1)
            let left = try ReplicaStore.open(path: "replica", on: disk.startProcess())
            #expect(try tips(left) == [last.dot], "operation \(operation)")
        }
        #expect(unsaid > 0)
    }

    @Test(arguments: CrashSurvival.allCases)
    func `what could be read again after a failed sync outlives the power`(survival: CrashSurvival) throws {
        for operation in 1...60 {
            let (disk, store, _) = try reopened(failingAt: operation)
            let read = try tips(store)
            disk.cutPower(keeping: survival, seed: 1)
            let left = try ReplicaStore.open(path: "replica", on: disk.startProcess())
            #expect(try tips(left) == read, "operation \(operation)")
        }
    }
}
