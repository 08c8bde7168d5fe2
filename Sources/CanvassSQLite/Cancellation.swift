import CanvassCSQLite
import Synchronization

/// Stops a query that runs too long, from another thread.
package final class Cancellation: Sendable {
    private let isCancelled = Atomic<Bool>(false)

    package init() {}

    /// The query throws an `SQLiteError` whose `isInterrupted` is true, soon.
    package func cancel() {
        isCancelled.store(true, ordering: .relaxed)
    }

    /// Makes `connection` look at the flag about every 4096 instructions of SQLite's machine, well under a millisecond.
    /// The flag must live as long as the connection does.
    func watch(_ connection: OpaquePointer) {
        sqlite3_progress_handler(
            connection, 4096,
            { context in
                guard let context else { return 0 }
                let cancellation = Unmanaged<Cancellation>.fromOpaque(context).takeUnretainedValue()
                return cancellation.isCancelled.load(ordering: .relaxed) ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
