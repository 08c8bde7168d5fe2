import CanvassCoding
import CanvassHTTPServer
import CanvassSQLite
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Makes backups while the relay serves, on a thread of its own.
///
/// Invariants:
/// 1. A backup counts, and its position is told to devices, only once it was read from end to end and the operator's command,
///    where there is one, has ended with 0: a copy on the relay's own disk may not be what they mean by a backup.
/// 2. Nothing old is removed before something new counts.
/// 3. The next one is due `interval` after the last that counted, whoever made it and whenever the process began; after a
///    failure sooner.
package final class BackupSchedule: Sendable {
    package struct Plan: Sendable {
        package var intervalMilliseconds: Int64
        package var folder: String
        /// How many to keep in the folder.
        package var keptCount: Int
        /// For `sh -c`; the path of the backup is its `$1`.
        package var command: String?

        package init(intervalMilliseconds: Int64, folder: String, keptCount: Int, command: String?) {
            self.intervalMilliseconds = intervalMilliseconds
            self.folder = folder
            self.keptCount = keptCount
            self.command = command
        }
    }

    /// A failed one is tried again after ten minutes, or after the interval where that is shorter.
    private var retryMilliseconds: Int64 { min(plan.intervalMilliseconds, 600_000) }
    /// How often the thread looks whether it is time, or the end.
    private static let lookMilliseconds = 200
    /// A command that takes longer is ended.
    private static let commandMilliseconds: Int64 = 3_600_000

    private let relay: Relay
    private let plan: Plan
    private let isStopped = Atomic<Bool>(false)
    private let hasEnded = Atomic<Bool>(false)

    /// Begins at once.
    package init(_ plan: Plan, of relay: Relay) throws(RelayFailure) {
        self.plan = plan
        self.relay = relay
        guard RelayDirectory.isFolder(plan.folder) else {
            throw RelayFailure("\(plan.folder) is no folder", remedy: "make it, or name another with --backup-to")
        }
        let thread = BackgroundThread { [self] in run() }
        guard thread.start() else {
            throw RelayFailure("no thread could be started for backups", remedy: "raise the limit on threads")
        }
    }

    /// Ends the schedule. A copy that is under way is given up, a verification is finished, a command is ended.
    package func stop() {
        isStopped.store(true, ordering: .relaxed)
        while !hasEnded.load(ordering: .acquiring) { Self.sleep() }
    }

    private var shouldStop: Bool { isStopped.load(ordering: .relaxed) }

    private static func sleep() {
        var time = timespec(tv_sec: 0, tv_nsec: lookMilliseconds * 1_000_000)
        nanosleep(&time, nil)
    }

    private func run() {
        /// When the last one failed; nil where it did not.
        var failed: Int64?
        while !shouldStop {
            let now = relay.environment.now()
            let isRetryDue = failed.map { now < $0 || now - $0 >= retryMilliseconds } ?? true
            if isRetryDue, isIntervalOver(at: now) { failed = makeOne() ? nil : relay.environment.now() }
            Self.sleep()
        }
        hasEnded.store(true, ordering: .releasing)
    }

    private func isIntervalOver(at now: Int64) -> Bool {
        let last = try? relay.database.read { connection in try connection.metaInteger(.backupTime) }
        // A clock that was set back must not put the next backup off for years.
        guard let last, last > 0, last <= now else { return true }
        return now - last >= plan.intervalMilliseconds
    }

    private func makeOne() -> Bool {
        let start = relay.environment.clock.monotonic()
        let failure: String?
        do {
            let receipt = try relay.backup(to: plan.folder, shouldStop: { shouldStop }, confirming: runCommand)
            failure = receipt.verification.findings.first.map { "\(receipt.path) is not sound: \($0)" }
            if failure == nil { succeeded(receipt) }
        } catch {
            if shouldStop { return false }
            failure = "\(error)"
        }
        let elapsed = relay.environment.clock.monotonic() - start
        relay.backups.withLock { record in
            record.failure = failure
            record.seconds = elapsed / .seconds(1)
            if failure == nil { record.madeCount += 1 } else { record.failedCount += 1 }
        }
        guard let failure else { return true }
        relay.environment.log.record(
            .error, "backup failed", at: relay.environment.now(), ["error": .text(failure)])
        return false
    }

    private func succeeded(_ receipt: BackupReceipt) {
        let removed = BackupFolder.prune(plan.folder, keeping: plan.keptCount)
        relay.environment.log.record(
            .info, "backup", at: relay.environment.now(),
            [
                "path": .text(receipt.path), "position": .integer(receipt.verification.position),
                "removed": .list(removed.map { .text($0) }),
            ])
    }

    /// - Throws: `RelayFailure` unless the operator's command ends with 0.
    private func runCommand(_ path: String) throws {
        guard let command = plan.command else { return }
        let status = try ShellCommand.run(
            command, argument: path, limitMilliseconds: Self.commandMilliseconds, shouldStop: { shouldStop })
        guard status == 0 else {
            throw RelayFailure(
                "the command of --backup-command ended with \(status) for \(path)",
                remedy: "run it by hand: sh -c COMMAND sh \(path)")
        }
    }
}
