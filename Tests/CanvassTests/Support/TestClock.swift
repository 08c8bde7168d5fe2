import Canvass
import Synchronization
import TestSupport

/// A clock that only tests move, one millisecond at each look so that no two moments are one.
final class TestClock: Sendable {
    /// 2026-01-01T00:00:00Z.
    static let start: Int64 = 1_767_225_600_000

    private let milliseconds = Mutex(TestClock.start)

    func now() -> Int64 {
        milliseconds.withLock { time in
            time += 1
            return time
        }
    }

    func advance(_ step: Int64) {
        milliseconds.withLock { $0 += step }
    }
}

/// Random bits that one seed replays, from any thread.
final class TestChance: Sendable {
    private let generator: Mutex<SplitMix64>

    init(seed: UInt64) {
        generator = Mutex(SplitMix64(seed: seed))
    }

    func next() -> UInt64 { generator.withLock { $0.next() } }
}

extension ReplicaEnvironment {
    /// - Parameters:
    ///   - offset: by how much the device's clock is ahead, milliseconds.
    ///   - keeping: what has to live as long as the replica: its folder, its relay.
    init(_ clock: TestClock, seed: UInt64, offset: Int64 = 0, keeping: [any Sendable] = []) {
        let chance = TestChance(seed: seed)
        self.init(
            nowMilliseconds: { withExtendedLifetime(keeping) { clock.now() + offset } }, random: { chance.next() })
    }
}
