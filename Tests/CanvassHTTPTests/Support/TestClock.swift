import CanvassHTTP
import CanvassHTTPServer
import Synchronization

/// A clock that a test moves by hand.
final class TestClock: Sendable {
    private let milliseconds = Mutex<Int64>(0)

    var clock: HTTPClock {
        HTTPClock(
            monotonic: { .milliseconds(self.milliseconds.withLock { $0 }) }, unixSeconds: { 784_111_777 })
    }

    func advance(seconds: Int64) { milliseconds.withLock { $0 += seconds * 1000 } }
}
