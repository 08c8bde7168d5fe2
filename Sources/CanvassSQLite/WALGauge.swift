import CanvassCSQLite
import Synchronization

/// Knows how many frames (pages) the write-ahead log held after the last commit of one connection.
///
/// The size of the log file would not tell: it stays when the log is started anew.
final class WALGauge: Sendable {
    let frames = Atomic<Int>(0)

    /// The gauge must live as long as `connection` does. Replaces SQLite's own hook, the automatic checkpoint.
    func watch(_ connection: OpaquePointer) {
        sqlite3_wal_hook(
            connection,
            { context, _, _, frames in
                if let context {
                    Unmanaged<WALGauge>.fromOpaque(context).takeUnretainedValue()
                        .frames.store(Int(frames), ordering: .relaxed)
                }
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
