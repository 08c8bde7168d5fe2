import CanvassCoding
import CanvassCommandLine
import CanvassRelay

/// `canvass-relay verify`
enum VerifyCommand {
    private static let file = Positional("FILE", .path, "A backup.")

    static let command = Command(
        "verify", "Read a backup from end to end, and say whether it is sound.",
        discussion: """
            Every segment is decoded, every hash computed, and SQLite checks its own structure. Nothing is changed.

            Exits with 3 when something is wrong.
            """,
        examples: [Example("canvass-relay verify latest.sqlite", "Whether it can be restored.")],
        positionals: [file], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let verification = try Relay.verify(arguments[file])
        if output.isJSON { output.emit(verification.value(path: arguments[file])) }
        output.print("read \(arguments[file]): \(verification.summary)")
        return conclude(verification, output)
    }

    /// Prints what is wrong.
    static func conclude(_ verification: LogVerification, _ output: Output) -> ExitCode {
        if verification.isSound {
            output.print("It is sound.")
            return .done
        }
        for finding in verification.findings { output.print("  \(finding)") }
        output.print("It is not sound, and does not count as a backup.")
        return .findings
    }
}

extension LogVerification {
    var summary: String {
        let segments = segmentCount == 1 ? "1 segment" : "\(segmentCount) segments"
        let changes = changeCount == 1 ? "1 change" : "\(changeCount) changes"
        return "\(changes) in \(segments)"
    }

    func value(path: String) -> Value {
        [
            "path": .text(path), "organisation": .text(organisation), "segments": .integer(Int64(segmentCount)),
            "changes": .integer(Int64(changeCount)), "position": .integer(position), "sound": .bool(isSound),
            "findings": .list(findings.map { .text($0) }),
        ]
    }
}
