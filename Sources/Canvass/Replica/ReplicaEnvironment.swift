public import CanvassSQLite
import Foundation

/// What a replica takes from the world around it. Passed in, so that tests and demonstrations can have a wrong clock.
public struct ReplicaEnvironment: Sendable {
    /// The device's clock: milliseconds since 1970, right or wrong.
    public var nowMilliseconds: @Sendable () -> Int64
    /// Random bits for ids.
    public var random: @Sendable () -> UInt64
    /// Minutes east of UTC, for the dates in answers.
    public var timeZoneOffsetMinutes: @Sendable () -> Int
    /// Told when a write has waited for a second because another program is writing.
    public var onWait: @Sendable (WriteWait) -> Void
    /// Asked while a write waits and while a backup is made; true ends it with the error `interrupted`.
    public var shouldStop: @Sendable () -> Bool
    /// Where the file lies.
    package var disk: any Disk = SystemDisk()

    public init(
        nowMilliseconds: @escaping @Sendable () -> Int64, random: @escaping @Sendable () -> UInt64,
        timeZoneOffsetMinutes: @escaping @Sendable () -> Int = { 0 },
        onWait: @escaping @Sendable (WriteWait) -> Void = { _ in },
        shouldStop: @escaping @Sendable () -> Bool = { false }
    ) {
        self.nowMilliseconds = nowMilliseconds
        self.random = random
        self.timeZoneOffsetMinutes = timeZoneOffsetMinutes
        self.onWait = onWait
        self.shouldStop = shouldStop
    }

    /// The system's clock, random numbers and time zone.
    public static let system = ReplicaEnvironment(
        nowMilliseconds: { Int64(Date().timeIntervalSince1970 * 1000) },
        random: { UInt64.random(in: .min ... .max) },
        timeZoneOffsetMinutes: { TimeZone.current.secondsFromGMT() / 60 })

    /// The environment as a source of random numbers.
    struct Generator: RandomNumberGenerator {
        let random: @Sendable () -> UInt64

        mutating func next() -> UInt64 { random() }
    }

    var generator: Generator { Generator(random: random) }

    var waiting: LockWaiting { LockWaiting(onWait: onWait, shouldStop: shouldStop) }
}
