import Canvass
import CanvassCommandLine

/// `canvass sync --watch`
extension SyncCommand {
    /// Goes on until Ctrl-C or SIGTERM, or something that no waiting mends. As JSON, each sync is one line.
    static func watch(_ replica: Replica, _ output: Output) async throws -> ExitCode {
        Interrupt.install()
        let watching = Task {
            try await replica.watch { event in tell(event, output) }
        }
        let stopping = Task {
            while !Interrupt.isRequested { try await Task.sleep(for: .milliseconds(100)) }
            watching.cancel()
        }
        defer { stopping.cancel() }
        try await watching.value
        output.print("Stopped. Whatever was not sent is kept, and goes with the next sync.")
        return .done
    }

    @Sendable private static func tell(_ event: WatchEvent, _ output: Output) {
        switch event {
        case .synced(let outcome):
            if output.isJSON { output.emitLine(outcome.value(forks: [])) }
            let moment = TimeText.local(ReplicaEnvironment.system.nowMilliseconds())
            print(outcome, at: moment, forks: [], on: output)
            output.standard.flush()
        case .waiting(let error, let pause):
            let seconds = max(1, Int((pause / .seconds(1)).rounded()))
            output.warn("\(error.message). Trying again in \(seconds) s; nothing is lost meanwhile.")
        }
    }
}
