import CanvassHTTP

/// The open streams of `GET /v1/watch`.
///
/// Invariants:
/// 1. Everything up to `position` was announced to every watcher that may read of it, or is known to it.
/// 2. A device has so many streams at most: of more the oldest ends. A connection that was lost unnoticed so makes room for
///    the one that takes its place.
struct Watchers {
    struct Watcher {
        /// Of the token that it came with, which may be replaced meanwhile.
        let tokenHash: [UInt8]
        var caller: Caller
    }

    static let streamsOfADevice = 4

    /// By connection; a later connection has a higher number.
    private(set) var open: [UInt64: Watcher] = [:]
    /// Those that made room for others.
    private var surplus: [UInt64] = []
    var position: Int64 = 0

    mutating func add(_ watcher: Watcher, on connection: UInt64) {
        open[connection] = watcher
        let own = open.filter { $0.value.caller.device == watcher.caller.device }.keys.sorted()
        for connection in own.dropLast(Self.streamsOfADevice) {
            open[connection] = nil
            surplus.append(connection)
        }
    }

    mutating func remove(_ connection: UInt64) { open[connection] = nil }

    /// Replaces what is known of every watcher; one of which nothing is known any more is dropped.
    ///
    /// - Returns: the connections of those that were dropped.
    mutating func refresh(_ caller: (Watcher) throws -> Caller?) rethrows -> [UInt64] {
        var dropped: [UInt64] = []
        for (connection, watcher) in open {
            if let caller = try caller(watcher) {
                open[connection]?.caller = caller
            } else {
                open[connection] = nil
                dropped.append(connection)
            }
        }
        return dropped
    }

    mutating func takeSurplus() -> [UInt64] {
        defer { surplus = [] }
        return surplus
    }
}
