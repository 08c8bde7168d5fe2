import CanvassCEpoll
import CanvassHTTP
import Glibc

/// Ends the loop of a server from anywhere: another thread, or a signal handler.
package final class HTTPServerStopper: Sendable {
    /// An eventfd(2) that becomes readable for good with the first `stop()`.
    let descriptor: FileDescriptor

    init() throws(HTTPServerError) {
        let number = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard number >= 0 else { throw HTTPServerError(operation: "create an eventfd", errorNumber: errno) }
        descriptor = FileDescriptor(number)
    }

    /// Asks the server to stop: it accepts no more, finishes what it has begun to read, and returns from `run`.
    ///
    /// Only write(2) is called and `errno` is kept, so that a signal handler may do this. Saying it again changes nothing.
    package func stop() {
        let saved = errno
        var one: UInt64 = 1
        // It cannot fail but by being full, which says what this wants to say.
        _ = write(descriptor.number, &one, MemoryLayout<UInt64>.size)
        errno = saved
    }
}
