package import CanvassHTTPServer
package import CanvassSQLite

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a relay gets from outside, so that tests and the simulator decide it.
package struct RelayEnvironment: Sendable {
    /// Milliseconds since 1970.
    package var now: @Sendable () -> Int64
    /// 64 bits that nobody can guess: secrets are made of them.
    package var random: @Sendable () -> UInt64
    package var log: RelayLog
    /// Gets a line for each request; nil leaves that to `log`, at the level info.
    package var accessLog: RelayLog?
    /// Gets a line for whatever was done with anybody's data or rights.
    package var auditLog: RelayLog?
    /// Who may read what is for operators.
    package var operators = OperatorAccess()
    /// Measures how long answers take.
    package var clock = HTTPClock.system
    /// With less room than this on its disk the relay says that it is not ready.
    package var leastFreeBytes: Int64 = 64 << 20
    package var limits = RateLimits.none
    package var proxies = TrustedProxies()
    /// Where the database lies.
    package var disk: any Disk = SystemDisk()

    package init(now: @escaping @Sendable () -> Int64, random: @escaping @Sendable () -> UInt64, log: RelayLog) {
        self.now = now
        self.random = random
        self.log = log
    }

    /// The machine's clock and random generator.
    package static func system(log: RelayLog = .silent) -> RelayEnvironment {
        RelayEnvironment(
            now: {
                var time = timespec()
                let result = clock_gettime(CLOCK_REALTIME, &time)
                precondition(result == 0, "POSIX has this clock")
                return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
            },
            random: {
                var generator = SystemRandomNumberGenerator()
                return generator.next()
            },
            log: log)
    }
}

extension RelayEnvironment: RandomNumberGenerator {
    package mutating func next() -> UInt64 { random() }

    /// - Parameter count: a multiple of 8.
    func randomBytes(_ count: Int) -> [UInt8] {
        precondition(count % 8 == 0)
        return (0..<(count / 8)).flatMap { _ in withUnsafeBytes(of: random()) { Array($0) } }
    }
}
