import Synchronization

/// How far long work has come, on standard error: on a terminal one line, rewritten at most ten times a second and taken
/// away at the end; in a pipe a line every five seconds, so that short work says nothing.
package final class ProgressLine: Sendable {
    private struct State {
        var count: Int64 = 0
        var lastShown: Duration
    }

    private let label: String
    private let total: Int64?
    private let unit: String
    private let stream: TextStream
    private let now: @Sendable () -> Duration
    private let start: Duration
    private let state: Mutex<State>

    /// - Parameter now: the time since any fixed moment, never going back.
    package init(
        _ label: String, total: Int64?, unit: String, stream: TextStream,
        now: @escaping @Sendable () -> Duration = ProgressLine.monotonicTime
    ) {
        self.label = label
        self.total = total
        self.unit = unit
        self.stream = stream
        self.now = now
        start = now()
        state = Mutex(State(lastShown: start))
    }

    deinit { stream.showStatus(nil) }

    private static let origin = ContinuousClock.now

    package static let monotonicTime: @Sendable () -> Duration = { origin.duration(to: .now) }

    /// Counts `steps` more.
    package func advance(by steps: Int64 = 1) {
        state.withLock { state in
            let (count, overflows) = state.count.addingReportingOverflow(steps)
            state.count = overflows ? .max : count
            showIfDue(&state)
        }
    }

    /// Sets the count.
    package func update(to count: Int64) {
        state.withLock { state in
            state.count = count
            showIfDue(&state)
        }
    }

    /// Takes the line away. To be called before the result is printed; a progress line that is dropped goes too.
    package func finish() {
        stream.showStatus(nil)
    }

    private func showIfDue(_ state: inout State) {
        let moment = now()
        let interval: Duration = stream.capabilities.canRewrite ? .milliseconds(100) : .seconds(5)
        guard moment - state.lastShown >= interval else { return }
        state.lastShown = moment
        let text = StyledText(describe(state.count, after: moment - start))
        if stream.capabilities.canRewrite {
            stream.showStatus(text)
        } else {
            stream.write(text)
            stream.flush()
        }
    }

    /// "Importing: 12,345 of 25,000 responses, 49 %, 3,210/s, 4 s left"
    private func describe(_ count: Int64, after elapsed: Duration) -> String {
        let seconds = elapsed / .seconds(1)
        let rate = seconds > 0 ? Double(count) / seconds : 0
        var parts: [String] = []
        if let total, total > 0 {
            parts.append("\(label): \(NumberText.grouped(count)) of \(NumberText.grouped(total)) \(unit)")
            let percentage = min(max(Double(count) / Double(total) * 100, 0), 100)
            parts.append("\(Int(percentage)) %")
        } else {
            parts.append("\(label): \(NumberText.grouped(count)) \(unit)")
        }
        if rate > 0 { parts.append(NumberText.rate(rate) + "/s") }
        if let total, rate > 0, count < total {
            parts.append(NumberText.roughDuration(seconds: Double(total - count) / rate) + " left")
        }
        return parts.joined(separator: ", ")
    }
}
