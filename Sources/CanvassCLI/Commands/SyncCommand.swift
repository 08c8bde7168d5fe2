import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine

/// `canvass sync`
enum SyncCommand {
    private static let fetch = Option(flag: "fetch", "Bring back what `canvass forget` dropped.")
    private static let watching = Option(
        flag: "watch", "Go on until Ctrl-C: sync whenever anybody has changed anything, here or elsewhere.")

    static let command = Command(
        "sync", "Exchange changes with everybody else, through the relay.",
        discussion: """
            Sends what the relay lacks and takes what this replica lacks. A broken connection loses nothing: sync again, \
            it goes on where it stopped.

            Exits with 3 when the relay refused changes of this device, or when two replicas with the same changes \
            report different states.
            """,
        examples: [
            Example("canvass sync", "Sync with the relay that this replica joined."),
            Example("canvass sync --watch", "Stay in sync, and see what comes within a second."),
        ],
        options: [fetch, watching], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let replica = try ReplicaLocation.open(arguments)
        if arguments[fetch] { try replica.recallForgotten() }
        if arguments[watching] { return try await watch(replica, output) }
        let outcome = try await sync(replica, output)
        let forks = try replica.status().forks
        if output.isJSON { output.emit(outcome.value(forks: forks)) }
        print(outcome, forks: forks, on: output)
        return outcome.exitCode
    }

    /// Syncs and shows how far it has come.
    static func sync(_ replica: Replica, _ output: Output) async throws -> SyncOutcome {
        let progress = output.progress("Syncing", unit: "changes")
        defer { progress.finish() }
        return try await replica.sync { received, pushed in progress.update(to: Int64(received + pushed)) }
    }

    /// Says what a sync did.
    ///
    /// - Parameters:
    ///   - moment: stands before it, where one sync follows another.
    ///   - forks: databases of which two copies went on.
    static func print(_ outcome: SyncOutcome, at moment: String? = nil, forks: [ReplicaFork], on output: Output) {
        output.print(
            """
            \(moment.map { $0 + "  " } ?? "")Received \(CountText.of(outcome.received, "change")), sent \(CountText.of(outcome.pushed, "change")), \
            in \(CountText.of(outcome.rounds, "round trip")).
            """)
        if let remark = TimeText.clockRemark(offset: outcome.clockOffsetMilliseconds) {
            output.print(wrapped: "Note: \(remark).")
        }
        for fork in forks { output.print(wrapped: "Note: \(fork.remark)") }
        if outcome.carried > 0 {
            output.print("Handed on \(CountText.of(outcome.carried, "change")) of other devices.")
        }
        for waiting in outcome.waiting { output.print(wrapped: "Waiting: \(waiting).") }
        for refusal in outcome.refused { output.print("\("Refused:", .red) \(refusal)") }
        for void in outcome.void {
            output.print(wrapped: "Note: \(CountText.of(void.count, "change")) had no effect: \(void.why).")
        }
        if !outcome.refused.isEmpty {
            output.print("  The relay did not take these changes; they stay on this device. Ask an admin.")
        }
        for scope in outcome.divergent {
            output.print("\("Divergent:", .red) \(scope): another replica with the same changes has another state.")
        }
        if !outcome.divergent.isEmpty {
            output.print("  This must never happen. Keep a copy of the replica and tell the operator of the relay.")
        }
    }
}

extension SyncOutcome {
    var exitCode: ExitCode { refused.isEmpty && divergent.isEmpty ? .done : .findings }

    /// - Parameter forks: databases of which two copies went on.
    func value(forks: [ReplicaFork]) -> Value {
        [
            "received": Value(received), "sent": Value(pushed), "carried": Value(carried), "rounds": Value(rounds),
            "waiting": .list(waiting.map(Value.text)),
            "clockOffsetMilliseconds": .integer(clockOffsetMilliseconds), "refused": .list(refused.map(Value.text)),
            "withoutEffect": .list(void.map(\.value)),
            "divergent": .list(divergent.map { .text($0.description) }),
            "forked": .list(forks.map { .text($0.replica.description) }),
        ]
    }
}

extension VoidChanges {
    var value: Value { ["reason": .text(reason), "count": Value(count), "why": .text(why)] }
}
