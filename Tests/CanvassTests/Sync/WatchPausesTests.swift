import Testing

@testable import Canvass

@Suite struct WatchPausesTests {
    @Test func `pauses double up to a minute, and begin anew after a success`() {
        var pauses = WatchPauses()
        let longest = (0..<9).map { _ in pauses.next(retryAfterSeconds: nil, fraction: 1) }
        #expect(longest.map { Int($0 / .seconds(1)) } == [1, 2, 4, 8, 16, 32, 60, 60, 60])
        pauses.succeed()
        #expect(pauses.next(retryAfterSeconds: nil, fraction: 0) == .milliseconds(500))
    }

    @Test func `what the relay asks for is never undercut, and no relay can ask for ever`() {
        var pauses = WatchPauses()
        #expect(pauses.next(retryAfterSeconds: 30, fraction: 0) == .milliseconds(30_500))
        #expect(pauses.next(retryAfterSeconds: .max, fraction: 0) == .seconds(3_601))
        #expect(pauses.next(retryAfterSeconds: -5, fraction: 1) == .seconds(4))
    }
}
