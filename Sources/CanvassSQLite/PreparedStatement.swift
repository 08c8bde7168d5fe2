import CanvassCSQLite

/// Owns one compiled statement. `Statement` borrows it, and the cache keeps it between two uses.
final class PreparedStatement {
    let handle: OpaquePointer
    /// Whether a `Statement` is using it: the cache must not hand it out a second time.
    var isInUse = true

    init(handle: OpaquePointer) {
        self.handle = handle
    }

    /// Ends the use: no row stays open (it would pin a snapshot) and no bound text stays in memory.
    func giveBack() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
        isInUse = false
    }

    deinit {
        sqlite3_finalize(handle)
    }
}
