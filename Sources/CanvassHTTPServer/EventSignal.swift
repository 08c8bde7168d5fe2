import CanvassCEpoll
import CanvassHTTP
import Glibc

/// Something for a loop to notice: an eventfd(2) that is readable from `raise()` until `clear()`.
struct EventSignal: ~Copyable, Sendable {
    let descriptor: FileDescriptor

    init() throws(HTTPServerError) {
        let number = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard number >= 0 else { throw HTTPServerError(operation: "create an eventfd", errorNumber: errno) }
        descriptor = FileDescriptor(number)
    }

    /// Only write(2) is called and `errno` is kept, so that a signal handler may do this. Saying it again changes nothing.
    func raise() {
        let saved = errno
        var one: UInt64 = 1
        // It cannot fail but by being full, which says what this wants to say.
        _ = write(descriptor.number, &one, MemoryLayout<UInt64>.size)
        errno = saved
    }

    func clear() {
        var count: UInt64 = 0
        _ = read(descriptor.number, &count, MemoryLayout<UInt64>.size)
    }
}
