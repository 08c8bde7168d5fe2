import Glibc

/// The two clocks of a server, passed in so that tests decide what time it is.
package struct HTTPClock: Sendable {
    /// Time since some fixed instant, never going back: deadlines are measured with it.
    package var monotonic: @Sendable () -> Duration
    /// Seconds since 1970, for the `Date` header.
    package var unixSeconds: @Sendable () -> Int64

    package init(monotonic: @escaping @Sendable () -> Duration, unixSeconds: @escaping @Sendable () -> Int64) {
        self.monotonic = monotonic
        self.unixSeconds = unixSeconds
    }

    package static let system = HTTPClock(
        monotonic: {
            let time = read(CLOCK_MONOTONIC)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        },
        unixSeconds: { Int64(read(CLOCK_REALTIME).tv_sec) })

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        let result = clock_gettime(clock, &time)
        precondition(result == 0, "POSIX has both clocks")
        return time
    }
}
