package import CanvassSQLite
import Foundation

/// What a replica takes from the world around it. Passed in, so that tests and demonstrations can have a wrong clock.
public struct ReplicaEnvironment: Sendable {
    /// The device's clock: milliseconds since 1970, right or wrong.
    public var nowMilliseconds: @Sendable () -> Int64
    /// Random bits for ids.
    public var random: @Sendable () -> UInt64
    /// Minutes east of UTC, for the dates in answers.
    public var timeZoneOffsetMinutes: @Sendable () -> Int
    /// Where the file lies.
    package var disk: any Disk = SystemDisk()

    public init(
        nowMilliseconds: @escaping @Sendable () -> Int64, random: @escaping @Sendable () -> UInt64,
        timeZoneOffsetMinutes: @escaping @Sendable () -> Int = { 0 }
    ) {
        self.nowMilliseconds = nowMilliseconds
        self.random = random
        self.timeZoneOffsetMinutes = timeZoneOffsetMinutes
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
}
