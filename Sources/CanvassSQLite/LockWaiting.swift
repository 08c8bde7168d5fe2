/// What happens while a write waits for another process to finish its own.
package struct LockWaiting: Sendable {
    /// How long a wait lasts before anybody is told of it: writes are short, most waits too.
    package var noticeDelay: Duration = .seconds(1)
    /// Called once for each write that has waited so long.
    package var onWait: @Sendable (WriteWait) -> Void
    /// Asked again and again; true ends the wait with an error whose `isInterrupted` is true.
    package var shouldStop: @Sendable () -> Bool

    package init(
        onWait: @escaping @Sendable (WriteWait) -> Void = { _ in },
        shouldStop: @escaping @Sendable () -> Bool = { false }
    ) {
        self.onWait = onWait
        self.shouldStop = shouldStop
    }
}
