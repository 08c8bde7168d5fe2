import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassSimulator
import CanvassStore
import Testing

/// What can be read of a log whose sync failed is not on the disk, and what is written behind it would be lost with it.
@Suite struct SettledLogTests {
    @Test func `a change behind a failed sync outlives the power, whatever failed`() throws {
        let scope = ScopeID(.responses, EntityID(milliseconds: 1, random: (0, 0)))
        var unsaid = 0
        for operation in 1...60 {
            let disk = CrashDisk(seed: UInt64(operation))
            var random = SplitMix64(seed: 1)
            func record(_ store: ReplicaStore, _ number: Int64) throws -> Change? {
                let edit = EntityEdit(
                    kind: "note", entity: EntityID(milliseconds: number, random: (0, 0)),
                    operations: [Operation(.put(.integer(number)), field: "a")])
                return try store.commit([Edit(scope: scope, edits: [edit])], clockMilliseconds: 1).first
            }
            let process = disk.startProcess()
            var store = try ReplicaStore.create(
                path: "replica", on: process, clockMilliseconds: 1, using: &random)
            var acknowledged: [Dot] = []
            process.fail(at: operation, with: .ioError)
            for number in Int64(1)...3 {
                guard let change = try? record(store, number) else { break }
                acknowledged.append(change.dot)
            }
            process.stop()
            store = try ReplicaStore.open(path: "replica", on: disk.startProcess())
            if let tip = try store.database.read({ try $0.vector(of: scope) }).dots.first, !acknowledged.contains(tip) {
                unsaid += 1
            }
            let last = try #require(try record(store, 4))
            disk.cutPower(keeping: .none, seed: 1)
            let left = try ReplicaStore.open(path: "replica", on: disk.startProcess())
            #expect(try left.database.read { try $0.vector(of: scope) }.dots == [last.dot], "operation \(operation)")
        }
        #expect(unsaid > 0)
    }
}
