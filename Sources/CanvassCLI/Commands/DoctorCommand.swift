import Canvass
import CanvassCoding
import CanvassCommandLine
import CanvassStore

/// `canvass doctor`
enum DoctorCommand {
    private static let repair = Option(flag: "repair", "Mend what is wrong from the log.")
    private static let salvage = Option(
        "salvage", .path, placeholder: "FILE", "Save what is readable into a new replica, FILE.")

    static let command = Command(
        "doctor", "Check the replica's file, and mend it.",
        discussion: """
            Checks the file itself, the hash of every change along its chain, and whether responses, conflicts and digests \
            are exactly what the changes make. Without options nothing is changed.

            With --repair everything that follows from the changes is made anew, in one transaction. A change that does \
            not verify is set apart, and the next sync brings it back if the relay holds it.

            With --salvage a new replica with the same identity is made of what can be read, change by change. Close every \
            program that uses the damaged one first; go on with the new one only.

            Exits with 3 when anything was wrong.
            """,
        examples: [
            Example("canvass doctor", "Check the replica."),
            Example("canvass doctor --repair", "Mend it."),
            Example("canvass doctor --salvage saved.canvass", "Save what can be read of a file that does not open."),
        ],
        options: [repair, salvage], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let path = try ReplicaLocation.path(arguments)
        let target = arguments[salvage]
        if target != nil, arguments[repair] {
            throw UserError(
                code: "usage.exclusive", "--repair and --salvage cannot be used together",
                remedy: "repair first; salvage what a repair cannot mend", exitCode: .usage)
        }
        let report = try examine(path, repair: arguments[repair], salvage: target, output)
        if output.isJSON {
            output.emit(report.value)
        } else {
            print(report, salvagedTo: target, on: output)
        }
        return report.isSound ? .done : .findings
    }

    private static func examine(
        _ path: String, repair: Bool, salvage target: String?, _ output: Output
    ) throws -> DoctorReport {
        let progress = output.progress(target == nil ? "Checking" : "Salvaging", unit: "changes")
        defer { progress.finish() }
        if let target {
            return try Replica.salvage(from: path, to: target) { progress.update(to: Int64($0)) }
        }
        return try Replica.examine(at: path, repair: repair, environment: ReplicaLocation.environment) {
            progress.update(to: Int64($0))
        }
    }

    private static func print(_ report: DoctorReport, salvagedTo target: String?, on output: Output) {
        output.print(
            """
            Read \(CountText.of(report.changesRead, "change")), \(NumberText.grouped(Int64(report.changesSound))) of them \
            sound; they make \(CountText.of(report.entities, "entity", plural: "entities")).
            """)
        print(report, on: output)
        if let target {
            output.print("Saved in \(target). Go on with that file only, and sync.")
        } else if report.isRepaired {
            output.print("Repaired. Sync now: what was set apart comes back if the relay holds it.")
        } else if !report.isSound {
            output.print("Nothing was changed. Copy the file to a safe place, then run `canvass doctor --repair`.")
        }
        guard report.unsyncedLost > 0 else { return }
        let again =
            report.madeAgain == 0 ? "" : "; \(NumberText.grouped(Int64(report.madeAgain))) of them were made again"
        output.print(
            """
            \("Not at the relay:", .red) \(CountText.of(report.unsyncedLost, "change")) of this device could not be kept in \
            place\(again). Look for a backup of this file before you delete anything.
            """)
    }

    /// Lists the findings; of many alike the first few.
    static func print(_ report: DoctorReport, on output: Output) {
        guard !report.isSound else {
            output.print("\("Sound:", .green) nothing is wrong with \(report.path)")
            return
        }
        for finding in report.findings.prefix(50) {
            output.print("\("\(finding.outcome.rawValue):", .red) \(finding.place): \(finding.what)")
        }
        let further = report.findings.count - min(50, report.findings.count) + report.furtherFindings
        if further > 0 { output.print("… and \(CountText.of(further, "finding")) more; --json lists them.") }
    }
}

extension DoctorReport {
    var value: Value {
        [
            "path": .text(path), "isSound": .bool(isSound), "isRepaired": .bool(isRepaired),
            "changesRead": Value(changesRead), "changesSound": Value(changesSound), "entities": Value(entities),
            "unsyncedLost": Value(unsyncedLost), "madeAgain": Value(madeAgain),
            "findings": .list(
                findings.map {
                    [
                        "kind": .text($0.kind.rawValue), "place": .text($0.place), "what": .text($0.what),
                        "outcome": .text($0.outcome.rawValue),
                    ]
                }),
            "furtherFindings": Value(furtherFindings),
        ]
    }
}
