import CanvassCoding
import CanvassSimulator
import Synchronization

/// Cuts the power before every operation that a workload asks of the disk, in several ways each, and opens what is left.
///
/// The work itself is never disturbed: at each operation the medium is copied, and the copy loses its power. Many cuts
/// leave the very same bytes, whatever way they went; what is left is opened once for all of them, and once more where
/// more has been acknowledged since.
package struct PowerCutTrial: Sendable {
    private let seed: UInt64
    /// Whether commits are not brought to the medium: a planted bug that has to be found.
    private let weakensSynchronous: Bool

    package init(seed: UInt64, weakensSynchronous: Bool = false) {
        self.seed = seed
        self.weakensSynchronous = weakensSynchronous
    }

    private static var workloads: [any PowerCutWorkload] {
        [
            CreateWorkload(), RecordWorkload(), ImportWorkload(), ApplyWorkload(), SettleWorkload(),
            MigrateWorkload(), CheckpointWorkload(), RelayWorkload(),
        ]
    }

    /// The names of the workloads, in the order in which they run.
    package static var names: [String] { workloads.map(\.name) }

    /// Runs all workloads once.
    ///
    /// - Parameter share: out of 1: the part of all moments and ways that is tried, drawn by the seed.
    package func run(share: Double = 1, onWorkload: (PowerCutTally) -> Void = { _ in }) async throws -> [PowerCutTally]
    {
        var tallies: [PowerCutTally] = []
        for workload in PowerCutTrial.workloads {
            let tally = try await run(workload, share: share)
            onWorkload(tally)
            tallies.append(tally)
        }
        return tallies
    }

    private func run(_ workload: some PowerCutWorkload, share: Double) async throws -> PowerCutTally {
        let disk = CrashDisk(seed: seed)
        if weakensSynchronous { disk.weakenSynchronous() }
        try workload.prepare(disk, seed: seed)
        disk.settle()
        let cutter = Cutter(workload, on: disk, seed: seed, share: share)
        try await workload.run(on: disk.startProcess(), seed: seed, ledger: cutter.ledger) {
            disk.observe { number, operation in cutter.cut(before: operation, number) }
        }
        disk.observe(nil)
        cutter.cut(before: nil, disk.operationCount + 1)
        return cutter.tally
    }
}

/// Cuts the power in one workload.
private final class Cutter<Workload: PowerCutWorkload>: Sendable {
    let ledger = Ledger<Workload.Subject>()
    private let workload: Workload
    private let disk: CrashDisk
    private let seed: UInt64
    private let share: Double
    private let counted: Mutex<PowerCutTally>
    /// By what was left: how much had been acknowledged when it was found to be good.
    private let good = Mutex<[[UInt8]: Int]>([:])

    init(_ workload: Workload, on disk: CrashDisk, seed: UInt64, share: Double) {
        self.workload = workload
        self.disk = disk
        self.seed = seed
        self.share = share
        counted = Mutex(PowerCutTally(workload: workload.name))
    }

    var tally: PowerCutTally { counted.withLock { $0 } }

    /// With nothing pending all cuts are the same one.
    private static func ways(pending: Int) -> [CrashSurvival] {
        pending == 0
            ? [.none] : [.none, .all, .prefix, .prefix, .prefix, .subset, .subset, .subset, .subset, .subset]
    }

    func cut(before operation: CrashOperation?, _ number: Int) {
        counted.withLock { $0.addMoment() }
        for (index, way) in Cutter.ways(pending: disk.pendingCount).enumerated() {
            var random = SplitMix64(seed: seed ^ UInt64(number) << 20 ^ UInt64(index))
            guard Double.random(in: 0..<1, using: &random) < share else { continue }
            let image = disk.copy(seed: random.next())
            image.cutPower(keeping: way, seed: random.next())
            let left = image.digest
            let acknowledged = ledger.count
            if let known = good.withLock({ $0[left] }), known >= acknowledged {
                counted.withLock { $0.addKnown() }
                continue
            }
            let (lost, found) = examine(image)
            if lost.isEmpty, found.isEmpty { good.withLock { $0[left] = acknowledged } }
            let moment = operation.map { "before operation \(number) (\($0.rawValue))" } ?? "at the end"
            counted.withLock {
                $0.add(
                    losses: lost, damages: found, at: "seed \(seed), \(moment), kept \(way.rawValue) (\(index))")
            }
        }
    }

    private func examine(_ image: CrashDisk) -> (lost: [String], found: [String]) {
        do {
            let process = image.startProcess()
            let lost = ledger.losses(in: try workload.open(on: process))
            // Closing it has moved the log into the file: now the file alone is looked at.
            return (lost, try workload.findings(on: process).map { "found: \($0)" })
        } catch {
            return ([], ["cannot be opened: \(error)"])
        }
    }
}

extension CrashDisk {
    /// Of the names and contents of all files.
    fileprivate var digest: [UInt8] {
        var hash = SHA256()
        for name in names.sorted() {
            let contents = contents(of: name) ?? []
            hash.update(Array("\(name)\0\(contents.count)\0".utf8))
            hash.update(contents)
        }
        return hash.finalize()
    }
}
