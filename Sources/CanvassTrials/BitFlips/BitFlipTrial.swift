import CanvassCoding
import CanvassSQLite
import CanvassSimulator
import CanvassStore

/// Flips bits of a replica file, one at a time, and asks the doctor.
package struct BitFlipTrial: Sendable {
    private let replica: FlippedReplica
    /// What is wrong with a salvaged file, by the hash of its bytes: most flips give the same.
    private var findings: [SHA256.Digest: String?] = [:]

    package init() throws {
        replica = try FlippedReplica()
    }

    /// The replica file.
    package var bytes: [UInt8] { replica.bytes }

    /// Flips one bit.
    ///
    /// - Parameter bit: 0 to 7.
    package mutating func flip(bit: Int, ofByte byte: Int, into tally: inout BitFlipTally) {
        let disk = CrashDisk(seed: 0)
        disk.put(replica.bytes, at: "replica")
        disk.flip(bit: bit, ofByte: byte, in: "replica")
        let process = disk.startProcess()
        tally.add(look(process), salvage(byte, disk, process), byte: byte, bit: bit)
    }

    private func look(_ process: CrashProcess) -> BitFlipTally.Sight {
        do {
            guard try ReplicaStore.examine(path: "replica", on: process, repairing: false).isSound else {
                return .detected
            }
            return try reader("replica", process).stateAndLog() == replica.state ? .harmless : .unseen
        } catch {
            return .detected
        }
    }

    private func reader(_ path: String, _ process: CrashProcess) throws -> Database {
        try Database(path: path, options: DatabaseOptions(mode: .readOnly, disk: process))
    }

    private mutating func salvage(_ byte: Int, _ disk: CrashDisk, _ process: CrashProcess) -> BitFlipTally.Rescue {
        do {
            _ = try ReplicaStore.salvage(from: "replica", to: "saved", on: process)
            if let finding = try finding(in: "saved", disk, process) {
                return .failed("the salvaged file is not sound: \(finding)")
            }
            let saved = Set(try reader("saved", process).savedChanges())
            let missing = replica.entries.filter { !saved.contains($0.content) }
            if missing.isEmpty { return .whole }
            let undamaged = missing.count { entry in !entry.places.contains { $0.contains(byte) } }
            return undamaged == 0 ? .undamaged : .failed("\(undamaged) undamaged changes are not salvaged")
        } catch {
            return .failed("nothing is salvaged: \(error)")
        }
    }

    private mutating func finding(in path: String, _ disk: CrashDisk, _ process: CrashProcess) throws -> String? {
        let files = disk.names.filter { $0 == path || $0 == path + "-wal" }
        let hash = SHA256.digest(of: files.flatMap { disk.contents(of: $0) ?? [] })
        if let known = findings[hash] { return known }
        let report = try ReplicaStore.examine(path: path, on: process, repairing: false)
        let finding = report.findings.first.map { "\($0.place): \($0.what)" }
        findings[hash] = .some(finding)
        return finding
    }
}
