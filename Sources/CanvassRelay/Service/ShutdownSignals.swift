import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// SIGTERM and SIGINT as a request to drain: the first stops the server, the second ends the process at once.
package enum ShutdownSignals {
    /// The server to stop, as a bit pattern of its address: a lock-free atomic is all that a signal handler may read.
    private static let stopper = Atomic<UInt>(0)

    /// Stops `target` at the first signal, for as long as the process lives.
    package static func stop(_ target: RelayStopper) {
        // Never released: a signal may come at any time until the process ends.
        stopper.store(UInt(bitPattern: Unmanaged.passRetained(target).toOpaque()), ordering: .releasing)
        for number in [SIGINT, SIGTERM] {
            // SA_RESETHAND: the second signal is not caught any more. It is the sign bit of the C type.
            SignalHandler.install(
                { _ in ShutdownSignals.deliver() }, for: number, flags: Int32(truncatingIfNeeded: SA_RESETHAND))
        }
    }

    private static func deliver() {
        guard let address = UnsafeRawPointer(bitPattern: stopper.load(ordering: .acquiring)) else { return }
        Unmanaged<RelayStopper>.fromOpaque(address).takeUnretainedValue().stop()
    }
}
