import Synchronization

/// A value that several threads may settle and one task waits for: the first one counts.
final class FirstOutcome<Value: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Value, Never>)
        case settled(Value)
        case delivered
    }

    private let state = Mutex(State.open)

    func settle(_ value: Value) {
        let waiting: CheckedContinuation<Value, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .settled(value)
                return nil
            case .awaited(let continuation):
                state = .delivered
                return continuation
            case .settled, .delivered:
                return nil
            }
        }
        waiting?.resume(returning: value)
    }

    /// Starts the work, which settles this, and waits. Called once. What is settled already starts nothing.
    func value(of work: () -> Void) async -> Value {
        await withCheckedContinuation { continuation in
            let settled: Value? = state.withLock { state in
                if case .settled(let value) = state {
                    state = .delivered
                    return value
                }
                state = .awaited(continuation)
                return nil
            }
            if let settled { continuation.resume(returning: settled) } else { work() }
        }
    }
}
