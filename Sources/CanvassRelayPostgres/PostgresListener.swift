#if Postgres
    import CanvassRelay
    import Synchronization

    #if canImport(Glibc)
        import Glibc
    #else
        import Darwin
    #endif

    /// Waits, on a thread of its own, for what commits tell (`NOTIFY`).
    ///
    /// Where its connection is lost it makes a new one and says that something may have come meanwhile.
    final class PostgresListener: Sendable {
        /// How often it looks whether it should end.
        private static let lookMilliseconds: Int32 = 200
        private static let retryLooks = 5

        private let address: PostgresAddress
        private let whenCommitted: @Sendable () -> Void
        private let isStopped = Atomic<Bool>(false)

        /// Begins at once. Without a thread for it, watchers hear from the server's own looks.
        init(_ address: PostgresAddress, _ whenCommitted: @escaping @Sendable () -> Void) {
            self.address = address
            self.whenCommitted = whenCommitted
            _ = BackgroundThread { [self] in run() }.start()
        }

        /// Ends it soon; nobody waits for that.
        func stop() { isStopped.store(true, ordering: .relaxed) }

        private var shouldStop: Bool { isStopped.load(ordering: .relaxed) }

        private func run() {
            while !shouldStop {
                do {
                    let connection = try PostgresConnection(address)
                    try connection.execute("LISTEN \(PostgresLog.channel)")
                    whenCommitted()
                    try wait(on: connection)
                } catch {
                    // The server is away, which requests say in the log; commits of others are still found by looking.
                    for _ in 0..<Self.retryLooks where !shouldStop { poll(nil, 0, Self.lookMilliseconds) }
                }
            }
        }

        private func wait(on connection: PostgresConnection) throws {
            while !shouldStop {
                var socket = pollfd(fd: connection.socket, events: Int16(POLLIN), revents: 0)
                guard poll(&socket, 1, Self.lookMilliseconds) > 0 else { continue }
                if try connection.takeNotifications(), !shouldStop { whenCommitted() }
            }
        }
    }
#endif
