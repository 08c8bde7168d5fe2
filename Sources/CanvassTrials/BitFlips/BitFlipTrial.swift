import CanvassSQLite
import CanvassSimulator
import CanvassStore

/// Flips bits of a replica file, one at a time, and asks the doctor.
package struct BitFlipTrial: Sendable {
    private let replica: FlippedReplica

    package init() throws {
        replica = try FlippedReplica()
    }

    package var byteCount: Int { replica.bytes.count }

    /// Flips one bit.
    ///
    /// - Parameter bit: 0 to 7.
    package func flip(bit: Int, ofByte byte: Int, into tally: inout BitFlipTally) {
        let disk = CrashDisk(seed: 0)
        disk.put(replica.bytes, at: "replica")
        disk.flip(bit: bit, ofByte: byte, in: "replica")
        let process = disk.startProcess()
        tally.add(look(process), salvage(byte, process), byte: byte, bit: bit)
    }

    private func look(_ process: CrashProcess) -> BitFlipTally.Sight {
        do {
            guard try ReplicaStore.examine(path: "replica", on: process, repairing: false).isSound else {
                return .detected
            }
            let store = try ReplicaStore.open(path: "replica", on: process)
            return try store.database.stateAndLog() == replica.state ? .harmless : .unseen
        } catch {
            return .detected
        }
    }

    private func salvage(_ byte: Int, _ process: CrashProcess) -> BitFlipTally.Rescue {
        do {
            _ = try ReplicaStore.salvage(from: "replica", to: "saved", on: process)
            let report = try ReplicaStore.examine(path: "saved", on: process, repairing: false)
            if let finding = report.findings.first {
                return .failed("the salvaged file is not sound: \(finding.place): \(finding.what)")
            }
            let options = DatabaseOptions(mode: .readOnly, disk: process)
            let saved = Set(try Database(path: "saved", options: options).savedChanges())
            let missing = replica.entries.filter { !saved.contains($0.content) }
            if missing.isEmpty { return .whole }
            let undamaged = missing.count { entry in !entry.places.contains { $0.contains(byte) } }
            return undamaged == 0 ? .undamaged : .failed("\(undamaged) undamaged changes are not salvaged")
        } catch {
            return .failed("nothing is salvaged: \(error)")
        }
    }
}
