import CanvassHTTP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Ends the waits of one exchange from another thread: a pipe whose reading end becomes readable for good.
final class Interrupter: Sendable {
    private let reading: FileDescriptor
    private let writing: FileDescriptor

    init() throws(HTTPClientError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw HTTPClientError(lastErrorOf: "open a pipe") }
        reading = FileDescriptor(ends[0])
        writing = FileDescriptor(ends[1])
        guard reading.setNonBlocking(), writing.setNonBlocking() else {
            throw HTTPClientError(lastErrorOf: "set up a pipe")
        }
    }

    /// Readable once it is interrupted.
    var descriptor: Int32 { reading.number }

    func interrupt() {
        var byte: UInt8 = 1
        // It cannot fail but by being full, which says what this wants to say.
        _ = write(writing.number, &byte, 1)
    }

    enum Outcome {
        case ready, timedOut, interrupted
    }

    /// Waits until `descriptor` is ready, the deadline has come, or somebody interrupts.
    ///
    /// - Parameter isSending: whether room to send counts, beside something to receive.
    func wait(for descriptor: Int32, isSending: Bool, until deadline: ContinuousClock.Instant) -> Outcome {
        let events = Int16(POLLIN) | (isSending ? Int16(POLLOUT) : 0)
        while true {
            let left = (deadline - .now) / .milliseconds(1)
            guard left > 0 else { return .timedOut }
            var waited = [
                pollfd(fd: descriptor, events: events, revents: 0),
                pollfd(fd: reading.number, events: Int16(POLLIN), revents: 0),
            ]
            // Rounded up: waking early would only mean waiting again.
            let count = poll(&waited, nfds_t(waited.count), Int32(min(left, 60_000).rounded(.up)))
            if waited[1].revents != 0 { return .interrupted }
            if count > 0 { return .ready }
        }
    }
}
